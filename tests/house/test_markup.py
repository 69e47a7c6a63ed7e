"""Markup and SQL in every text that people write come out as text, on every page there is."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.events.models import Event, EventOrganisation, Involvement
from app.extensions import Base, db
from app.languages.models import LanguageTrack, LinguistLink, LinkPurpose, TrackKind
from app.lib.text import TranslatedText
from app.people import audit
from app.people.models import Account, Organisation
from app.registration.models import Purpose, RegistrationLink
from app.schedule.models import EventSession, SessionLink
from tests.factories import make_account, save, sign_in
from tests.house.conftest import Address

NASTY = "<script>x</script>\"'><img src=x onerror=y>'); DROP TABLE event;-- {{ 7*7 }} %(title)s"
NOT_WRITTEN = {
    "slug", "guid", "token", "key", "zone", "language", "country", "colour", "email", "contact_email", "reply_to",
    "password_hash", "photo", "action", "subject", "message_id", "checksum", "url", "website", "recording_url",
    "join_url", "audience_value",
}  # fmt: skip
"""String columns that hold no free text: what they may be is checked where it comes in."""


@pytest.fixture
def spoiled(values: dict[str, Any]) -> list[str]:
    """The text of every row, in every language; answers the names of the columns."""
    event, session = db.session.query(Event).one(), db.session.query(EventSession).one()
    save(SessionLink(session=session, url="https://example.org/", title={"en": "Slides"}))
    save(LanguageTrack(session=session, language="ru", kind=TrackKind.INTERPRETATION, url="https://example.org/"))
    for involvement in Involvement:
        organisation = db.session.query(Organisation).one()
        save(EventOrganisation(event=event, organisation=organisation, involvement=involvement))
    audit.record(db.session.query(Account).first(), "session.edited", f"event:{event.id}", title={"en": NASTY},
                 reason={"en": NASTY}, email=NASTY, note=NASTY)  # fmt: skip
    written = []
    for model in (mapper.class_ for mapper in Base.registry.mappers):
        for column in sa.inspect(model).columns:
            if isinstance(column.type, TranslatedText):
                text: Any = {"en": NASTY, "ro": NASTY}
            elif type(column.type) in (sa.String, sa.Text) and column.name not in NOT_WRITTEN:
                text = NASTY[: column.type.length]
            else:
                continue
            for row in db.session.query(model):
                setattr(row, column.key, text)
                written.append(f"{column.table.name}.{column.name}")
    db.session.commit()
    return written


def test_markup_and_sql_in_every_text_are_text_on_every_page(
    client: FlaskClient, addresses: list[Address], spoiled: list[str]
) -> None:
    assert {"event.title", "theme.name", "registration.name", "event_session.abstract", "account.name"} <= set(spoiled)
    sign_in(client, make_account(is_admin=True, name=NASTY))
    tokens = {link.purpose: link.token for link in db.session.query(RegistrationLink)}
    paths = [address.path for address in addresses if "GET" in address.methods]
    paths += [f"/en/registrations/{tokens[Purpose.PAGE]}/", "/en/events/autumn/schedule/?q=script", "/ro/"]
    (own,) = db.session.query(LinguistLink).filter_by(purpose=LinkPurpose.PAGE).limit(1)
    paths += [f"/en/language-team/{own.token}/{rest}" for rest in ("", "details/", "glossary/", "sessions/opening/")]
    shown = 0
    for path in paths:
        answer = client.get(path)
        assert answer.status_code < 500, path
        if answer.mimetype == "text/html" and answer.status_code == 200:
            assert "<script>x" not in answer.text, path
            assert "<img src=x" not in answer.text, path
            shown += "&lt;script&gt;x" in answer.text
    assert shown > 30
    assert db.session.query(Event).count() == 1
