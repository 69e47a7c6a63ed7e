"""Which characters the bytes of a subtitle file are: by its own mark, as UTF-8, else by the language it is in."""

import codecs
import re
import unicodedata

from app.languages.formats.remarks import RefusedError, Remark, Said
from app.lib.tags import base_language

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_BY_LANGUAGE = {
    ("be", "bg", "kk", "mk", "mn", "ru", "sr", "tg", "uk"): ("cp1251", "koi8-u", "iso8859-5", "cp866"),
    ("bs", "cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq"): ("iso8859-2", "cp1250"),
    ("el",): ("cp1253", "iso8859-7"),
    ("az", "tr"): ("cp1254",),
    ("he", "yi"): ("cp1255",),
    ("ar", "fa", "ur"): ("cp1256",),
    ("et", "lt", "lv"): ("cp1257",),
    ("th",): ("cp874",),
    ("vi",): ("cp1258",),
    ("zh",): ("gb18030", "big5"),
    ("ja",): ("cp932", "euc-jp"),
    ("ko",): ("cp949",),
}  # fmt: skip
_DECLARED = re.compile(rb"<\?xml\s[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_WESTERN = ("iso8859-15", "cp1252")
_TABLES = {name for names in _BY_LANGUAGE.values() for name in names}
_PLAIN = {"Lu", "Ll", "Lm", "Lo", "Mn", "Mc", "Nd", "Zs"}
_PUNCTUATION = set("\n\r\t\f\ufeff…–—‘’‚“”„«»•№€§°")


def decode(data: bytes, language: str) -> tuple[str, str]:
    """Text and encoding. Raises RefusedError for what is no text, or text in no encoding that the language has."""
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        raise RefusedError(Remark(0, Said.EMPTY))
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _by(data, encoding).removeprefix("\ufeff"), encoding
    if data.startswith(b"WEBVTT"):
        data = data.replace(b"\0", "\ufffd".encode())  # Of the standard, which has null characters in its own tests.
    elif (wide := _without_mark(data)) is not None:
        return _by(data, wide), wide
    if _is_binary(data):
        raise RefusedError(Remark(0, Said.NOT_TEXT))
    if (declared := _declared(data)) is not None:
        return declared
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _by_language(data, language)


def _by(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as fault:
        raise RefusedError(Remark(0, Said.NOT_TEXT)) from fault


def _without_mark(data: bytes) -> str | None:
    """UTF-16 without its mark: in times, and in the first tag of XML, every second byte is zero."""
    for encoding in ("utf-16-le", "utf-16-be"):
        # An even place, since the one order shifted by a byte looks like the other.
        at = data.find("-->".encode(encoding))
        if len(data) % 2 == 0 and ((at >= 0 and at % 2 == 0) or data.startswith("<".encode(encoding))):
            return encoding
    return None


def _declared(data: bytes) -> tuple[str, str] | None:
    """As XML says of itself, if it keeps what it says."""
    found = _DECLARED.match(data)
    if found is None:
        return None
    try:
        encoding = codecs.lookup(found[1].decode()).name
        known = encoding in _TABLES or encoding.startswith(("iso8859", "cp12", "koi8"))
        return (data.decode(encoding), encoding) if known else None
    except (LookupError, UnicodeDecodeError):
        return None


def _is_binary(data: bytes) -> bool:
    return any(byte < 32 and byte not in b"\t\n\v\f\r\x1a\x1b" for byte in data[:65536])


def _by_language(data: bytes, language: str) -> tuple[str, str]:
    base = base_language(language)
    candidates = next((names for tags, names in _BY_LANGUAGE.items() if base in tags), _WESTERN)
    read = []
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        oddness, capitals = _oddness(text)
        read.append((oddness, capitals, candidates.index(encoding), text, encoding))
    if not read:
        raise RefusedError(Remark(0, Said.UNKNOWN_ENCODING))
    oddness, _, _, text, encoding = min(read)
    if oddness > len(text) // 20:
        raise RefusedError(Remark(0, Said.UNKNOWN_ENCODING))
    return text, encoding


def _oddness(text: str) -> tuple[int, int]:
    """How many characters no prose has; then how many capitals, since a wrong Cyrillic table swaps the case."""
    beyond = [c for c in text if c > "\x7f"]
    odd = sum(unicodedata.category(c) not in _PLAIN and c not in _PUNCTUATION for c in beyond)
    return odd, sum(c.isupper() for c in beyond)
