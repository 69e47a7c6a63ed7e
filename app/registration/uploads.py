"""Files that people hand in with the form. Nothing that comes in is trusted: neither its name nor what it claims to be.

They are kept as they are, and given to organisers alone, to be saved and not to be shown.
"""

import io
import re
import warnings
import zipfile
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from PIL import Image

from app.extensions import db
from app.lib import clock, storage
from app.lib.text import one_line
from app.registration.models import Answer, Question, QuestionKind

MOST_BYTES = 5 * 1024 * 1024
_PICTURES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
_SUFFIX = "file"
"""Of every key: whoever serves pictures by their key serves none of these."""


class RefusedFile(ValueError):  # noqa: N818 - it says what the file is not
    """The sentence says why and what to do."""


def keep(content: bytes, name: str) -> dict[str, str]:
    """Keeps a file; the value of an answer. Raises RefusedFile."""
    if len(content) > MOST_BYTES:
        raise RefusedFile(_("The file is larger than 5 MB. Choose a smaller one."))
    if not content:
        raise RefusedFile(_("The file is empty. Choose another one."))
    kind = kind_of(content)
    if kind is None:
        raise RefusedFile(_("This is none of the files that we take: PDF, PNG, JPEG, WebP, plain text, DOCX or ODT."))
    return {"key": storage.keep_apart(io.BytesIO(content), _SUFFIX), "name": f"{_stem(name)}.{kind}"}


def read(value: Any) -> bytes | None:
    """The file that an answer names."""
    return storage.read(str(value["key"]))


def forget_unused() -> int:
    """Deletes what no answer names: files that were replaced, and those of forms that nobody finished within a day."""
    old = storage.keys(_SUFFIX, clock.now() - timedelta(days=1))
    if not old:
        return 0
    values = sa.select(Answer.value).join(Answer.question).where(Question.kind == QuestionKind.FILE)
    unused = old - {value["key"] for value in db.session.scalars(values)}
    for key in unused:
        storage.forget(key)
    return len(unused)


def kind_of(content: bytes) -> str | None:
    """The suffix that fits what a file holds, or None when it is none of those we take."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return _document(content)
    return _picture(content) or ("txt" if _is_text(content) else None)


def _picture(content: bytes) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=tuple(_PICTURES))
            suffix = _PICTURES[str(picture.format)]
            picture.verify()  # Reads it without unpacking it.
    except Exception:  # Pillow raises what it likes about what is no picture.
        return None
    return suffix


def _document(content: bytes) -> str | None:
    """Both are archives with a known member; nothing of them is unpacked but a line. Macros are not taken."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "word/document.xml" in names and "[Content_Types].xml" in names:
                return None if any(name.endswith("vbaProject.bin") for name in names) else "docx"
            if "mimetype" in names and "content.xml" in names:
                with archive.open("mimetype") as member:
                    return "odt" if member.read(100) == b"application/vnd.oasis.opendocument.text" else None
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        return None
    return None


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", text)


def _stem(name: str) -> str:
    """The name without folders and ending, and without what a file system or a header might take amiss."""
    stem = PurePosixPath(one_line(name).replace("\\", "/")).stem
    return re.sub(r'[<>:"/|?*]', "", stem).strip(". ")[:80] or "file"
