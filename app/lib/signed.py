"""Sign languages by their ISO 639-3 codes. CLDR, by which all other languages are named here, leaves them out."""

from babel import Locale, UnknownLocaleError
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

NAMES = {
    "ils": _l("International Sign"),
    "aed": _l("Argentine Sign Language"),
    "aen": _l("Armenian Sign Language"),
    "ase": _l("American Sign Language"),
    "asf": _l("Australian Sign Language"),
    "asq": _l("Austrian Sign Language"),
    "bfi": _l("British Sign Language"),
    "bqn": _l("Bulgarian Sign Language"),
    "bzs": _l("Brazilian Sign Language"),
    "cse": _l("Czech Sign Language"),
    "csl": _l("Chinese Sign Language"),
    "csq": _l("Croatian Sign Language"),
    "dse": _l("Dutch Sign Language"),
    "dsl": _l("Danish Sign Language"),
    "eso": _l("Estonian Sign Language"),
    "esl": _l("Egyptian Sign Language"),
    "fse": _l("Finnish Sign Language"),
    "fsl": _l("French Sign Language"),
    "gsg": _l("German Sign Language"),
    "gss": _l("Greek Sign Language"),
    "hsh": _l("Hungarian Sign Language"),
    "ins": _l("Indian Sign Language"),
    "ise": _l("Italian Sign Language"),
    "isg": _l("Irish Sign Language"),
    "jos": _l("Jordanian Sign Language"),
    "jsl": _l("Japanese Sign Language"),
    "kvk": _l("Korean Sign Language"),
    "lls": _l("Lithuanian Sign Language"),
    "lsl": _l("Latvian Sign Language"),
    "mfs": _l("Mexican Sign Language"),
    "nsl": _l("Norwegian Sign Language"),
    "pso": _l("Polish Sign Language"),
    "psr": _l("Portuguese Sign Language"),
    "rms": _l("Romanian Sign Language"),
    "rsl": _l("Russian Sign Language"),
    "sdl": _l("Saudi Arabian Sign Language"),
    "ssp": _l("Spanish Sign Language"),
    "svk": _l("Slovak Sign Language"),
    "swl": _l("Swedish Sign Language"),
    "tsm": _l("Turkish Sign Language"),
    "ukl": _l("Ukrainian Sign Language"),
}


def is_sign_language(tag: str) -> bool:
    return tag in NAMES


def name(tag: str, shown_in: str) -> str:
    """In a language of the interface; in another one as in English."""
    try:
        with force_locale(str(Locale.parse(shown_in, sep="-"))):
            return str(NAMES[tag])
    except (UnknownLocaleError, ValueError):
        return str(NAMES[tag])


def tag_of(written: str, shown_in: str) -> str:
    """The code, of itself or of a name in the reader's language; empty when it is neither."""
    said = written.casefold().strip()
    if said in NAMES:
        return said
    return next((tag for tag in NAMES if name(tag, shown_in).casefold() == said), "")
