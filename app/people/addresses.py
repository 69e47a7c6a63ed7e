"""E-mail addresses: one form of each, so that the same person is the same row."""

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _

from app.people.domains import passes_for_another


class InvalidAddress(ValueError):  # noqa: N818 - news for whoever wrote it
    """The text is no address that a letter can be sent to; says so in the reader's language."""


def normal_address(text: str) -> str:
    """The address as it is kept and compared: lower case, its domain as the mail system writes it (RFC 5890).

    Raises InvalidAddress, also for line breaks and control characters, which could smuggle in a header. Whether the
    domain exists is not asked: the name server may be away, and a mailed link tells more.
    """
    text = text.strip(" ")
    if not text.isprintable():
        raise InvalidAddress(_("Write one e-mail address, without line breaks."))
    try:
        # `test_environment` admits the domain .test, which examples and tests write to.
        checked = validate_email(text, check_deliverability=False, strict=True, test_environment=True)
    except EmailNotValidError:
        raise InvalidAddress(_("Write an e-mail address such as name@example.org.")) from None
    if passes_for_another(checked.domain):
        raise InvalidAddress(_("The domain of this address mixes letters of two scripts, so it may pass for another."))
    # Not casefold(): that would make two different mailboxes of straße@ and strasse@ one.
    return f"{checked.local_part.lower()}@{checked.ascii_domain.lower()}"
