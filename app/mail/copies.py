"""What letters said: kept for some months, so that an organiser can see what a person was told."""

import re
import zlib
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.lib import clock
from app.mail.models import Letter, LetterCopy
from app.mail.rendering import Content

KEPT = timedelta(days=180)
MASK = "…"
_SECRET = re.compile(
    r"(?<=[/=])"
    r"(?:[\w-]{32}"  # app.lib.tokens
    r"|\.?[\w-]{6,}\.[\w-]{5,8}\.[\w-]{27})"  # app.extensions.signer: payload, moment and signature
    r"(?![\w-])",
    re.ASCII,
)


class Copy(NamedTuple):
    text: str
    html: str


def keep(letter_id: int, content: Content) -> None:
    """Takes the place of what an earlier try said."""
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(LetterCopy)
    written = {name: getattr(statement.excluded, name) for name in ("text", "html", "written_at")}
    row = {
        "letter_id": letter_id, "text": _pressed(content.text), "html": _pressed(content.html),
        "written_at": clock.now(),
    }  # fmt: skip
    db.session.connection().execute(
        statement.on_conflict_do_update(index_elements=["letter_id"], set_=written), row
    )  # fmt: skip


def of(letter: Letter) -> Copy | None:
    row = db.session.get(LetterCopy, letter.id)
    return Copy(_read(row.text), _read(row.html)) if row else None


def forget_old() -> None:
    db.session.execute(sa.delete(LetterCopy).where(LetterCopy.written_at < clock.now() - KEPT))


def masked(text: str) -> str:
    """With the secrets taken out of private addresses: who may read the record may not act for its readers."""
    return _SECRET.sub(MASK, text)


def _pressed(text: str) -> bytes:
    return zlib.compress(masked(text).encode(), 3)


def _read(pressed: bytes) -> str:
    return zlib.decompress(pressed).decode()
