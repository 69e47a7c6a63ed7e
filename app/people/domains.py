"""What the domain of a written address gives away: a slip of the finger, or letters that pass for others."""

import re
import unicodedata

COMMON = (
    "gmail.com", "googlemail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com", "protonmail.com",
    "mail.ru", "yandex.ru", "rambler.ru", "ukr.net", "meta.ua",
)  # fmt: skip
"""Where most people have their mailbox."""
ALSO_REAL = {"mail.com", "email.com", "ymail.com", "gmx.com", "email.ru", "mail.ro", "mail.rs", "mail.eu", "meta.ca"}
"""Near one of the above, and somebody's all the same."""
_WRITTEN_TOGETHER = {"LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"}
"""Scripts that languages mix within a word (Unicode TS 39, “highly restrictive”)."""


def meant(email: str) -> str | None:
    """The address with the common domain that its own misses by one letter, or by two that changed places."""
    local, _at, domain = email.rpartition("@")
    if domain in COMMON or domain in ALSO_REAL:
        return None
    return next((f"{local}@{common}" for common in COMMON if _is_one_slip(domain, common)), None)


def _is_one_slip(written: str, wanted: str) -> bool:
    """Whether one insertion, deletion, substitution or transposition leads from one to the other (Damerau)."""
    shorter, longer = sorted((written, wanted), key=len)
    if len(longer) - len(shorter) > 1 or written == wanted:
        return False
    start = next((n for n, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    rest, other = shorter[start:], longer[start:]
    if len(rest) < len(other):
        return rest == other[1:]
    return rest[1:] == other[1:] or (rest[:2] == other[1::-1] and rest[2:] == other[2:])


def passes_for_another(domain: str) -> bool:
    """Whether a part of the domain mixes scripts, such as `pаypal` with a Cyrillic а."""
    return any(_is_mixed({_script(c) for c in label if c.isalpha()} - {""}) for label in domain.split("."))


def _is_mixed(scripts: set[str]) -> bool:
    return len(scripts) > 1 and not scripts <= _WRITTEN_TOGETHER


def _script(letter: str) -> str:
    """The script, as the name of each letter begins with it; a modifier letter goes with any."""
    name = re.split("[ -]", unicodedata.name(letter, ""))[0]
    return "" if name == "MODIFIER" else name
