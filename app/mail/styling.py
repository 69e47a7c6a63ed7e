"""How letters look, in HTML and in plain text, whatever their templates left of blanks and styles."""

import re
from pathlib import Path

from css_inline import CSSInliner

_sheet = (Path(__file__).parent / "templates" / "mail" / "letter.css").read_text(encoding="utf-8")
_everywhere, *_selective = re.split(r"/\* ---.*\*/\n", _sheet)
SELECTIVE = tuple(part.strip() for part in _selective)
"""Sheets that stay sheets: what is true only in the dark. Each is its own, since a client drops one that it cannot
read as a whole."""

PREVIEW = 140
"""Characters of it, the most that any list of letters shows."""

_inliner = CSSInliner(
    inline_style_tags=False, keep_style_tags=True, load_remote_stylesheets=False, extra_css=_everywhere
)  # fmt: skip


def styled(html: str) -> str:
    """The letter with its styles on the elements. Costs about 0.1 ms."""
    return _inliner.inline(html)


def neat(text: str) -> str:
    """Without blanks at the ends of lines and more than one empty line; the signature is parted by `-- ` (RFC 3676)."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    body, dashes, foot = re.sub(r"\n{3,}", "\n\n", lines).rpartition("\n--\n")
    return f"{body}\n-- \n{foot}\n" if dashes else f"{foot}\n"


def preview(text: str, subject: str) -> str:
    """The first facts of a plain letter, as a list of letters shows them beside the subject."""
    body = text.partition("\n-- \n")[0]
    told = ""
    for line in map(str.strip, body.split("\n", 30)[:30]):
        if line and line not in subject and "://" not in line and not line.endswith(","):
            told += f" {line}"
    told = told.strip()
    return told if len(told) <= PREVIEW else f"{told[:PREVIEW].rpartition(' ')[0]}…"
