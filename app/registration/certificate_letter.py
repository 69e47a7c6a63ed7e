"""The letter that brings a certificate."""

from flask_babel import gettext as _

from app.extensions import db
from app.lib.present import chosen
from app.lib.urls import absolute, interface_language
from app.mail.models import Letter, Priority
from app.mail.rendering import Attachment, Content, Stale, compose, renders
from app.registration import certificate_pdf, certificates
from app.registration.models import Certificate, Purpose, Registration


@renders(certificates.LETTER, Priority.BULK)
def _certificate(letter: Letter) -> Content:
    registration = db.session.get(Registration, letter.payload["registration"])
    if registration is None or not registration.is_confirmed or registration.email != letter.recipient:
        raise Stale("the registration is gone or has another address")
    issued = certificates.of(registration)
    if issued is None:
        raise Stale("the certificate is gone")
    event, language, file = registration.event, interface_language(letter.language), _file(issued)
    return compose(
        "registration/mail/certificate", _("Your certificate: %(event)s", event=chosen(event.title)),
        reply_to=event.reply_to, attachments=file, registration=registration, event=event,
        has_file=bool(file), page=absolute("site.certificate", lang=language, code=issued.code),
        link=absolute("personal.page", lang=language, token=registration.token(Purpose.PAGE)),
    )  # fmt: skip


def _file(issued: Certificate) -> tuple[Attachment, ...]:
    """None where no font has the letters: the page says how to print it."""
    try:
        pdf = certificate_pdf.written(issued)
    except certificate_pdf.NoFontError:
        return ()
    return (Attachment(pdf, "application/pdf", certificate_pdf.file_name(issued)),)
