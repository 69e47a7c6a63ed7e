"""Countries to choose from, by CLDR."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from babel import Locale

NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
"""Two-letter codes of CLDR that are regions, unions or tests. Kosovo (XK) stays: people live there."""


@lru_cache(maxsize=64)
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """ISO 3166 codes with their names in a language, in its order."""
    names: Mapping[str, str] = Locale.parse(language, sep="-").territories
    codes = (code for code in names if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES)
    return tuple(sorted(((code, names[code]) for code in codes), key=lambda row: alphabetical(row[1])))


def alphabetical(name: str) -> tuple[str, str]:
    """As dictionaries sort: Latin letters without their accents first, Cyrillic й and ё in their own places."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().replace("ё", "е"))
    plain = ""
    for character in decomposed:
        if not unicodedata.combining(character):
            plain += character
        elif plain and plain[-1] == "и":
            plain = plain[:-1] + "й"
    return plain, name
