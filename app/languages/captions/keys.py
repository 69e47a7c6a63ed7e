"""Ingestion addresses: each writes captions into one stream, can be revoked, and can do nothing else."""

import sqlalchemy as sa
from sqlalchemy import orm

from app.extensions import db
from app.languages.models import CaptionKey, CaptionStream, LanguageTrack
from app.lib import clock
from app.lib.urls import absolute


def make(stream: CaptionStream, name: str = "") -> CaptionKey:
    key = CaptionKey(stream=stream, name=name)
    db.session.add(key)
    db.session.flush()
    return key


def of(stream: CaptionStream) -> list[CaptionKey]:
    """Those in force first, then by age."""
    return list(
        db.session.scalars(
            sa.select(CaptionKey)
            .where(CaptionKey.stream_id == stream.id)
            .order_by(CaptionKey.revoked_at.is_not(None), CaptionKey.created_at, CaptionKey.token)
        )
    )


def first(stream: CaptionStream) -> CaptionKey:
    """The oldest key in force, for who asks for any; made when there is none."""
    return next((key for key in of(stream) if key.revoked_at is None), None) or make(stream)


def by_token(token: str) -> CaptionKey | None:
    """The key, revoked or not, with all that a caption is checked against."""
    return db.session.scalar(
        sa.select(CaptionKey)
        .where(CaptionKey.token == token)
        .options(
            orm.joinedload(CaptionKey.stream).joinedload(CaptionStream.track).joinedload(LanguageTrack.session)
        )
    )  # fmt: skip


def revoke(key: CaptionKey) -> None:
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        db.session.flush()


def address(key: CaptionKey) -> str:
    """As captioners' tools take it: they append `&seq=`, so it ends in a parameter."""
    return absolute("captions.ingest", token=key.token, v=1)
