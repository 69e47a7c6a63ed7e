"""QR codes, as pictures that stay sharp at any size."""

from io import BytesIO


def svg(text: str) -> str:
    """Dark on white whatever the page's colours: cameras want it so. With the quiet zone that the standard asks for."""
    import segno  # Only when one is drawn.

    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=8, dark="#000", light="#fff", xmldecl=False)
    return out.getvalue().decode()
