"""Certificates: who earned one, what stays, the paper, the page that verifies it, and the letters."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.events.models import EventOrganisation, Involvement
from app.extensions import db
from app.lib import clock
from app.mail.models import Letter
from app.mail.outbox import write
from app.people.models import Role
from app.registration import attendance, certificate_pdf, certificates
from app.registration.models import Admission, Certificate, Purpose, RegistrationState, Source
from tests.factories import grant, make_account, make_event, make_organisation, make_registration, make_session, save
from tests.factories import sign_in as sign_in_as

FIRST = date(2027, 3, 10)


@pytest.fixture
def event(app):
    """A webinar of one session of an hour, whose people get certificates after half of one."""
    event = make_event(slug="readers", title={"en": "Open <libraries>", "ru": "Открытые библиотеки"})
    save(EventOrganisation(event=event, organisation=make_organisation(), involvement=Involvement.HOST))
    make_session(event, slug="talk", title={"en": "The talk", "ru": "Доклад"})
    save(Admission(event=event, certificates=True, certificate_minutes=30))
    return event


@pytest.fixture
def after(event):
    with clock.stopped_at(certificates.ends_at(event)):
        yield


def came(event, **values):
    registration = make_registration(event, **values)
    attendance.check_in(registration, None, FIRST, Source.ORGANISER)
    db.session.commit()
    return registration


def page(registration, path):
    return f"/en/registrations/{registration.token(Purpose.PAGE)}/{path}"


def issued(registration):
    certificate = certificates.issue(registration)
    db.session.commit()
    return certificate


def letters():
    return list(db.session.scalars(sa.select(Letter).where(Letter.kind == certificates.LETTER).order_by(Letter.id)))


def organise(client, event, role=Role.ORGANISER):
    account = make_account()
    grant(event, account, role)
    sign_in_as(client, account)


@pytest.mark.both_databases
def test_whoever_attended_long_enough_gets_one_when_all_is_over(event):
    registration, absent = came(event, name="Ana", language="ru"), make_registration(event)
    with clock.stopped_at(certificates.ends_at(event) - timedelta(seconds=1)):
        assert issued(registration) is None
    with clock.stopped_at(certificates.ends_at(event)):
        certificate = issued(registration)
        assert issued(registration) is certificate
        assert issued(absent) is None
    assert (certificate.name, certificate.minutes, certificate.language) == ("Ana", 60, "ru")
    assert certificate.sessions == [{"title": "Доклад", "language": "ru", "day": "2027-03-10"}]


@pytest.mark.parametrize(
    "terms", [{"certificates": False}, {"certificates": True, "certificate_minutes": 61}, None], ids=repr
)
def test_the_organisers_rules_decide(event, after, terms):
    row = db.session.get(Admission, event.id)
    if terms is None:
        db.session.delete(row)
    for name, value in (terms or {}).items():
        setattr(row, name, value)
    db.session.commit()
    assert issued(came(event)) is None


def test_what_was_certified_stays_until_organisers_renew_it(client, event, after):
    registration = came(event, name="Anna")
    certificate = issued(registration)
    code = certificate.code
    registration.name = "Ana"
    make_session(event, starts_at=event.begins_at + timedelta(hours=8))
    db.session.commit()
    assert issued(registration).name == "Anna"
    organise(client, event)
    path = f"/en/manage/events/readers/attendance/{registration.id}/"
    client.post(path, data={"act": "renew"})
    assert (certificate.name, certificate.minutes, certificate.code) == ("Ana", 120, code)


def test_the_private_page_makes_it_and_gives_the_paper(client, event, after):
    registration = came(event, name="Ana")
    assert client.get(page(registration, "certificate.pdf")).status_code == 404
    assert "Make my certificate" in client.get(page(registration, "")).text
    assert client.post(page(registration, "certificate/")).location.endswith("#certificate")
    assert "Certificate as PDF" in client.get(page(registration, "")).text
    answer = client.get(page(registration, "certificate.pdf"))
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Cache-Control"] == "no-store"


def test_another_persons_link_a_wrong_one_and_a_wrong_method_make_none(client, event, after):
    registration, absent = came(event), make_registration(event)
    for path in (f"/en/registrations/{registration.token(Purpose.CALENDAR)}/certificate/",
                 "/en/registrations/guessed/certificate/"):  # fmt: skip
        assert client.post(path).status_code == 404
    assert client.get(page(registration, "certificate/")).status_code == 405
    client.post(page(absent, "certificate/"))
    assert db.session.scalars(sa.select(Certificate)).all() == []


def test_anybody_can_see_that_a_certificate_is_genuine(client, event, after):
    certificate = issued(came(event, name="Ana <b>"))
    answer = client.get(f"/en/certificates/{certificate.code}/")
    for part in ("Ana &lt;b&gt;", "Open &lt;libraries&gt;", "1 hr", "The talk", "10 March 2027"):
        assert part in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert client.get("/en/certificates/guessed/").status_code == 404
    db.session.delete(certificate.registration)
    db.session.commit()
    assert client.get(f"/en/certificates/{certificate.code}/").status_code == 200


@pytest.mark.parametrize(
    ("name", "language"),
    [("Anna-Maria Țăranu", "en"), ("Мария Щербакова", "ru"), ("فاطمة الزهراء", "ar"), ("יעל כהן", "he"),
     ("Ελένη Παππά", "el"), ('#strong[x] $x$ "\\ 🎓', "ro")],
)  # fmt: skip
def test_the_paper_is_tagged_and_has_its_fonts_in_many_scripts(event, after, name, language):
    pdf = certificate_pdf.written(issued(came(event, name=name, language=language)))
    assert b"/StructTreeRoot" in pdf or b"/ObjStm" in pdf
    assert pdf.startswith(b"%PDF-1.7")
    assert b"pdfuaid:part" in pdf
    assert len(pdf) < 100_000


def test_a_name_that_no_font_has_is_printed_by_the_reader(client, event, after):
    registration = came(event, name="\U0001f70b\U0002f800\U00030000")
    certificate = issued(registration)
    answer = client.get(page(registration, "certificate.pdf"))
    assert answer.location == f"/en/certificates/{certificate.code}/?without_font=1"
    assert "Print this page instead" in client.get(answer.location).text
    certificates.send(event)
    db.session.commit()
    content = write(letters()[0])
    assert content.attachments == ()
    assert f"/certificates/{certificate.code}/" in content.text


def test_a_title_that_no_font_has_leaves_out_the_list_and_nothing_else(event, after):
    certificate = issued(came(event))
    certificate.sessions = [{"title": "\U00030000", "language": "zh", "day": "2027-03-10"}]
    assert certificate_pdf.written(certificate).startswith(b"%PDF")


def test_everyone_who_earned_one_gets_one_letter_with_the_paper(client, event, after):
    ana, _twice = came(event, name="Ana", email="ana@example.org", language="ru"), came(event, email="b@example.org")
    came(event, email=""), make_registration(event), came(event, state=RegistrationState.CANCELLED)
    organise(client, event)
    base = "/en/manage/events/readers/attendance/"
    shown = client.get(base).text
    for part in ("2 people get a certificate", "1 person has no e-mail", "1 person did not come"):
        assert part in shown
    for _ in range(2):
        client.post(f"{base}send/")
    assert [letter.recipient for letter in letters()] == ["ana@example.org", "b@example.org"]
    assert "2 people have had the letter" in client.get(base).text
    content = write(letters()[0])
    (file,) = content.attachments
    assert (file.mimetype, file.filename, file.content[:4]) == ("application/pdf", "readers-certificate.pdf", b"%PDF")
    assert certificates.of(ana).code in content.text
    assert "Открытые библиотеки" in content.subject


def test_nothing_is_sent_before_the_end(client, event):
    came(event)
    organise(client, event)
    client.post("/en/manage/events/readers/attendance/send/")
    assert letters() == []


def test_the_rules_are_set_on_the_page_and_faults_are_said(client, app):
    event = make_event(slug="readers")
    organise(client, event)
    path = "/en/manage/events/readers/attendance/certificates/"
    client.post(path, data={"certificates": "y", "certificate_minutes": "45"})
    row = db.session.get(Admission, event.id)
    assert (row.certificates, row.certificate_minutes) == (True, 45)
    for wrong in ("", "0", "ten", "99999999999999999999"):
        answer = client.post(path, data={"certificates": "y", "certificate_minutes": wrong})
        assert (answer.status_code, "There is a problem" in answer.text) == (422, True)
    assert row.certificate_minutes == 45
