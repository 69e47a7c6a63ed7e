"""How a recording can be shown: played in the page, or only linked to."""

from urllib.parse import urlsplit

_MEDIA = (".mp4", ".m4v", ".webm", ".ogv", ".ogg", ".mp3", ".m3u8")


def is_link(url: str) -> bool:
    return url.startswith(("https://", "http://", "/")) and not url.startswith("//")


def plays(url: str, own: str) -> bool:
    """Whether the page can play it: a media file, over https or from our own site (`own`), as the CSP asks."""
    allowed = url.startswith(("https://", f"{own}/")) or (url.startswith("/") and is_link(url))
    return allowed and urlsplit(url).path.lower().endswith(_MEDIA)
