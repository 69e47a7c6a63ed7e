import io
import re

import pytest
from PIL import Image

from app.events.models import Event, Grant
from app.extensions import db
from app.lib import storage
from app.mail.models import Letter
from app.mail.rendering import renderer_of
from app.people.models import Account, Role
from app.schedule.models import Appearance
from app.speakers import photos
from app.speakers.models import Speaker
from tests.factories import grant, make_account, make_event, make_session, make_speaker, sign_in

BASE = "/en/manage/events/event/speakers/"


@pytest.fixture
def event(app, client) -> Event:
    event, account = make_event(slug="event"), make_account()
    grant(event, account)
    sign_in(client, account)
    return event


def picture(kind="JPEG", size=(1200, 900), **options) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, "navy").save(file, kind, **options)
    file.seek(0)
    return file


def profile(**changes):
    return {"name-en": "Ana Pop", "country": "RO", "zone": "Europe/Bucharest", "email": "ana@example.org"} | changes


def test_a_speaker_is_made_shown_and_edited(client, event):
    assert client.post(BASE + "new/", data=profile(**{"affiliation-ro": "Biblioteca"})).status_code == 302
    speaker = db.session.query(Speaker).one()
    assert (speaker.slug, speaker.country, speaker.email) == ("ana-pop", "RO", "ana@example.org")
    page = client.get(BASE).text
    assert "Ana Pop" in page
    assert "Biblioteca" in page
    client.post(BASE + "ana-pop/", data=profile(**{"biography-en": "Reads."}))
    assert (speaker.biography, speaker.affiliation) == ({"en": "Reads."}, {"ro": "Biblioteca"})


@pytest.mark.parametrize(("field", "value", "said"), [
    ("name-en", "", "one language at least"), ("name-en", "x" * 201, "at most 200"), ("country", "XX", "Not a valid"),
    ("zone", "Mars/Base", "no time zone"), ("email", "a@b.org\r\nBcc: c@d.org", "line breaks"),
])  # fmt: skip
def test_a_fault_is_one_clear_message(client, event, field, value, said):
    answer = client.post(BASE + "new/", data=profile(**{field: value}))
    assert answer.status_code == 422
    assert said in answer.text
    assert db.session.query(Speaker).count() == 0


def test_a_photo_is_written_anew_small_square_and_without_exif(client, event):
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    client.post(BASE + "new/", data=profile(photo=(picture(exif=exif), "me.jpg")))
    speaker = db.session.query(Speaker).one()
    answer = client.get(f"/photos/{speaker.photo}")
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    kept = Image.open(io.BytesIO(answer.data))
    assert (kept.format, kept.size, len(kept.getexif())) == ("WEBP", (512, 512), 0)
    assert b"secret place" not in answer.data


def test_a_photo_stays_until_it_is_replaced_or_removed(client, event):
    client.post(BASE + "new/", data=profile(photo=(picture(), "me.jpg")))
    speaker = db.session.query(Speaker).one()
    first = speaker.photo
    client.post(BASE + "ana-pop/", data=profile())
    assert speaker.photo == first
    client.post(BASE + "ana-pop/", data=profile(photo=(picture("PNG", (40, 60)), "me.png")))
    assert speaker.photo not in ("", first)
    client.post(BASE + "ana-pop/", data=profile(remove_photo="y"))
    assert speaker.photo == ""


@pytest.mark.parametrize("content", [
    b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    b"GIF89a" + b"\0" * 50, picture().getvalue()[:400], b"\xff\xd8\xff" + b"\0" * 500,
])  # fmt: skip
def test_what_is_no_picture_is_refused_with_one_message(client, event, content):
    answer = client.post(BASE + "new/", data=profile(photo=(io.BytesIO(content), "me.jpg")))
    assert answer.status_code == 422
    assert "no picture that we can show" in answer.text
    assert db.session.query(Speaker).count() == 0


def test_a_picture_that_would_fill_the_memory_is_refused_unopened(app, monkeypatch):
    monkeypatch.setattr(photos, "MOST_PIXELS", 1000)
    with pytest.raises(photos.NoPicture):
        photos.keep_photo(picture().getvalue())


@pytest.mark.parametrize("key", ["0" * 40 + ".webp", "..%2f..%2fsecret-key", "x.webp", "a" * 40 + ".html"])
def test_an_unknown_key_is_nothing(client, app, key):
    assert client.get(f"/photos/{key}").status_code == 404


def test_the_storage_keeps_the_same_content_once(app):
    assert storage.keep(b"one", "txt") == storage.keep(b"one", "txt") != storage.keep(b"two", "txt")
    assert storage.read(storage.keep(b"one", "txt")) == b"one"
    assert storage.read("../../../etc/passwd") is None


def test_an_invited_speaker_edits_the_own_profile_and_nothing_else(client, event):
    client.post(BASE + "new/", data=profile())
    assert client.post(BASE + "ana-pop/invite/").status_code == 302
    letter = db.session.query(Letter).filter_by(kind="speakers.invitation").one()
    assert letter.recipient == "ana@example.org"
    content = renderer_of(letter.kind)(letter)
    link = re.search(r"https?://\S+", content.text)[0]
    assert "profile" in link
    account = db.session.query(Account).filter_by(email="ana@example.org").one()
    assert db.session.query(Grant).filter_by(account=account).one().role is Role.SPEAKER
    sign_in(client, account)
    page = client.get("/en/manage/events/event/profile/")
    assert page.status_code == 200
    assert "E-mail" not in page.text
    answer = client.post("/en/manage/events/event/profile/", data={"name-en": "Ana Popescu", "email": "evil@x.org"})
    assert answer.status_code == 302
    speaker = db.session.query(Speaker).one()
    assert (speaker.name, speaker.email) == ({"en": "Ana Popescu"}, "ana@example.org")
    assert "/profile/" in client.get("/en/manage/").text
    assert client.get(BASE).status_code == 403
    assert client.post(BASE + "ana-pop/", data=profile()).status_code == 403


def test_an_organiser_who_speaks_keeps_the_greater_role(client, event):
    account = make_account(email="ana@example.org")
    grant(event, account, Role.OWNER)
    make_speaker(event, slug="ana", email="ana@example.org")
    client.post(BASE + "ana/invite/")
    assert db.session.query(Grant).filter_by(account=account).one().role is Role.OWNER


def test_without_an_address_nobody_is_invited(client, event):
    make_speaker(event, slug="ana")
    assert "address first" in client.post(BASE + "ana/invite/", follow_redirects=True).text
    assert db.session.query(Letter).count() == 0


def test_a_deleted_speaker_leaves_the_sessions_there(client, event):
    session = make_session(event)
    make_speaker(event, session, slug="ana")
    assert client.post(BASE + "ana/delete/").status_code == 302
    assert db.session.query(Speaker).count() == db.session.query(Appearance).count() == 0
    assert session.sequence == 2


def test_markup_is_shown_as_text(client, event):
    nasty = "<script>alert(1)</script>"
    client.post(BASE + "new/", data=profile(**{"name-en": nasty, "affiliation-en": nasty, "biography-en": nasty}))
    slug = db.session.query(Speaker).one().slug
    for text in (client.get(BASE).text, client.get(f"{BASE}{slug}/").text):
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text


@pytest.mark.parametrize("address", ["new/", "ana/", "ana/delete/", "ana/invite/", "../profile/"])
def test_a_stranger_a_reader_and_a_wrong_method_change_nothing(client, app, address):
    event = make_event(slug="event")
    make_speaker(event, slug="ana", email="ana@example.org")
    url = BASE.replace("speakers/", "profile/") if address == "../profile/" else BASE + address
    answer = client.post(url, data=profile())
    assert (answer.status_code, "sign-in" in answer.location) == (302, True)
    sign_in(client, make_account())
    assert client.post(url, data=profile()).status_code == 404
    reader = make_account()
    grant(event, reader, Role.READER)
    sign_in(client, reader)
    assert client.post(url, data=profile()).status_code == 403
    assert client.put(url, data=profile()).status_code == 405
    assert db.session.query(Speaker).one().name != {"en": "Ana Pop"}
