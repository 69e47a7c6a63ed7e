"""A certificate on paper: tagged PDF (PDF/UA-1) with its fonts inside, in any script that a font of the site has.

Typst sets it. Its own typeface has Latin, Greek, Cyrillic and Hebrew letters, Amiri has the Arabic ones, and what
both lack (Chinese, Hindi …) is taken from the fonts of the machine.
"""

import json
import unicodedata
from datetime import timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask_babel import force_locale
from flask_babel import gettext as _

from app.events.models import Involvement
from app.lib.present import dates, length
from app.lib.text import Picked, direction, pick
from app.lib.urls import absolute, interface_language
from app.registration.models import Certificate
from app.registration.qr import svg

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).parent / "templates" / "registration" / "certificate.typ"


class NoFontError(Exception):
    """No font of this machine has all the letters; the page of the certificate can be printed instead."""


def written(certificate: Certificate) -> bytes:
    """Raises NoFontError. A title that cannot be set leaves the list of sessions to the certificate's page."""
    told = facts(certificate)
    try:
        return _set(told, certificate)
    except NoFontError:
        return _set(told | {"sessions": []}, certificate)


def file_name(certificate: Certificate) -> str:
    return f"{certificate.event.slug}-certificate.pdf"


def _set(told: dict[str, Any], certificate: Certificate) -> bytes:
    import typst  # Weighs 30 MB of memory, so whoever writes no certificate does without.

    compiler = typst.Compiler(TEMPLATE.read_bytes(), font_paths=_fonts(), sys_inputs={"facts": json.dumps(told)})
    try:
        pdf = compiler.compile(format="pdf", pdf_standards="ua-1", timestamp=certificate.issued_at)
    except typst.TypstError as fault:
        # The standard asks for a letter for every character, so one that is missing cannot go unseen.
        if "could not be displayed" in fault.message:
            raise NoFontError(fault.message) from None
        raise
    assert isinstance(pdf, bytes)  # noqa: S101 - one document was asked for
    return pdf


@cache
def _fonts() -> "typst.Fonts":
    import typst

    return typst.Fonts(font_paths=[str(files("fontpkg_amiri") / "files")])


def facts(certificate: Certificate) -> dict[str, Any]:
    """What the template sets, all of it as text: nothing that people wrote is ever read as Typst."""
    event, wanted = certificate.event, (certificate.language,)
    interface, issued = interface_language(certificate.language), certificate.issued_at.date()
    address = absolute("site.certificate", lang=interface, code=certificate.code)
    hosts = [pick(host.name, wanted) for host in event.organisations(Involvement.HOST)]
    with force_locale(interface.replace("-", "_")):
        return {
            "language": interface, "direction": direction(interface),
            "heading": _("Certificate of attendance"), "certifies": _("This is to certify that"),
            "name": _settable(certificate.name), "attended": _("attended"),
            "title": _piece(pick(event.title, wanted)), "dates": dates(event.starts_on, event.ends_on),
            "hosts": [_piece(host) for host in hosts], "hosted": _("held by"),
            "length": _("Time attended: %(length)s", length=length(timedelta(minutes=certificate.minutes))),
            "sessions_heading": _("Sessions"),
            "sessions": [_piece(Picked(each["title"], each["language"])) for each in certificate.sessions],
            "issued": _("Issued on %(day)s", day=dates(issued, issued)),
            "verify": _("Whether this certificate is genuine is told at:"), "address": address, "qr": svg(address),
            "qr_words": _("The same address as a QR code"),
        }  # fmt: skip


def _piece(said: Picked) -> dict[str, str]:
    return {
        "text": _settable(said.text),
        "language": said.language.split("-")[0],
        "direction": direction(said.language),
    }


def _settable(text: str) -> str:
    """Without pictures and controls, which no typeface for text has."""
    return "".join(each for each in text if unicodedata.category(each) not in ("So", "Cc", "Cn", "Co", "Cs"))
