"""Pictures of speakers. What comes in is never trusted: it is decoded, made small and written anew."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from app.lib import storage

LARGEST_SIDE = 512
MOST_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP")


class NoPicture(ValueError):  # noqa: N818 - it says what the file is not
    """The file is none of the pictures we take, or too large to be opened safely."""


def keep_photo(content: bytes) -> str:
    """Keeps a picture of at most 512 pixels a side, without EXIF and whatever else was in the file.

    Answers its key in the storage. Raises NoPicture.
    """
    picture = _opened(content)
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 3  # Faces are rather at the top.
    picture = picture.crop((left, top, left + side, top + side))
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    picture.save(written, "WEBP", quality=82, method=4)
    return storage.keep(written.getvalue(), "webp")


def _opened(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
            # The size stands in the header: a bomb is refused before a pixel of it is unpacked.
            if picture.width * picture.height > MOST_PIXELS or min(picture.size) < 1:
                raise NoPicture
            turned = ImageOps.exif_transpose(picture).convert("RGBA")
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        EOFError,
    ) as fault:
        raise NoPicture from fault
    paper = Image.new("RGB", turned.size, "white")
    paper.paste(turned, mask=turned.getchannel("A"))
    return paper
