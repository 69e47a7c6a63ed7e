"""What letters said: kept for some months, so that an organiser can see what a person was told."""

import re
import zlib
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple, cast

import sqlalchemy as sa

from app.extensions import db, insert_into
from app.lib import clock
from app.mail.models import Letter, LetterCopy
from app.mail.rendering import Content

KEPT = timedelta(days=180)
MASK = "…"
_SECRET = re.compile(
    r"([/=])"
    r"(?:[\w-]{32}"  # app.lib.tokens
    r"|\.?[\w-]{6,}\.[\w-]{5,8}\.[\w-]{27})"  # app.extensions.signer: payload, moment and signature
    r"(?![\w-])",
    re.ASCII,
)


class Copy(NamedTuple):
    text: str
    html: str


def keep(contents: Mapping[int, Content]) -> None:
    """What letters, by their numbers, are about to say. It takes the place of what an earlier try said."""
    if not contents:
        return
    moment = clock.now()
    # Pressed before the transaction begins: on SQLite it keeps all others from writing.
    rows = [
        {"letter_id": number, "text": _pressed(said.text), "html": _pressed(said.html), "written_at": moment}
        for number, said in contents.items()
    ]  # fmt: skip
    statement = insert_into(cast("sa.Table", LetterCopy.__table__))
    written = {name: statement.excluded[name] for name in ("text", "html", "written_at")}
    statement = statement.on_conflict_do_update(index_elements=["letter_id"], set_=written)
    db.session.connection().execute(statement, rows)


def of(letter: Letter) -> Copy | None:
    """None while no server was asked to take it."""
    row = db.session.get(LetterCopy, letter.id) if letter.attempts else None
    return Copy(_read(row.text), _read(row.html)) if row else None


def forget_old() -> None:
    db.session.execute(sa.delete(LetterCopy).where(LetterCopy.written_at < clock.now() - KEPT))


def masked(text: str) -> str:
    """With the secrets taken out of private addresses: who may read the record may not act for its readers."""
    return _SECRET.sub(lambda found: found[1] + MASK, text)


def _pressed(text: str) -> bytes:
    return zlib.compress(masked(text).encode(), 1)


def _read(pressed: bytes) -> str:
    return zlib.decompress(pressed).decode()
