"""Tables that people bring: CSV in the usual encodings, or XLSX. Read row by row, every cell as text.

What a file is, its content says, not its name. Its size is looked at before anything of it is read, and of a workbook
also how large it unpacks.
"""

import codecs
import csv
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any, NamedTuple

from flask_babel import gettext as _
from openpyxl import load_workbook

MOST_BYTES = 16 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_UNPACKED = 256 * 1024 * 1024
MOST_STRINGS = 64 * 1024 * 1024
"""Of a workbook, everything but its sheets: that is held in memory."""
ENCODINGS = ("utf-8", "cp1250", "cp1251", "cp1252", "koi8-u")
"""What a text may be in; UTF-16 says so itself."""
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


class Unreadable(ValueError):  # noqa: N818 - it says what the file is not
    """The file is no table, or too large; says which and, where it can, in which line."""


class Row(NamedTuple):
    line: int
    """In which line of the file, or row of the sheet, it begins."""
    cells: list[str]


def rows(path: Path, encoding: str = "") -> Iterator[Row]:
    """All rows that are not empty. `encoding` is for text that is not in UTF-8. Raises Unreadable."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Unreadable(_(
            "The file has %(size)s MB, and at most %(most)s MB are taken.",
            size=-(-size // 1024**2), most=MOST_BYTES // 1024**2,
        ))  # fmt: skip
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"\xd0\xcf\x11\xe0":
        raise Unreadable(_("This is a workbook of an old Excel, or one with a password. Save it as .xlsx or CSV."))
    found = _of_workbook(path) if start == b"PK\x03\x04" else _of_text(path, encoding)
    for number, row in enumerate(found):
        if number > MOST_ROWS:
            raise Unreadable(_("There are more than %(number)s rows. Divide the file.", number=MOST_ROWS))
        while row.cells and not row.cells[-1]:
            row.cells.pop()
        if len(row.cells) > MOST_COLUMNS:
            raise Unreadable(_("Line %(line)s has more than %(number)s cells.", line=row.line, number=MOST_COLUMNS))
        if row.cells:
            yield row


def _of_text(path: Path, encoding: str) -> Iterator[Row]:
    encoding = _encoding_of(path, encoding)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter_of(file.readline())
        file.seek(0)
        table = csv.reader(file, delimiter=delimiter, strict=True)
        line = 1
        try:
            for cells in table:
                yield Row(line, [_unguarded(cell).strip(" ") for cell in cells])
                line = table.line_num + 1
        except csv.Error:
            raise Unreadable(_("Line %(line)s: a quotation mark is open, or too many.", line=line)) from None


def _encoding_of(path: Path, wanted: str) -> str:
    """The encoding by the file's own mark, as UTF-8, else the one that was said. Reads the file once."""
    with path.open("rb") as file:
        start = file.read(4)
        marked = next((encoding for mark, encoding in _MARKS if start.startswith(mark)), "")
        encoding, line = marked or wanted or "utf-8", 1
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for part in iter(lambda: file.read(65536), b""):
                text = decoder.decode(part)
                if "\0" in text:
                    raise Unreadable(_("This is no table: neither CSV nor XLSX."))
                line += text.count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as fault:
            if not wanted and not marked and b"\0" not in (fault.object if isinstance(fault.object, bytes) else b""):
                line += bytes(fault.object[: fault.start]).count(b"\n")
                raise Unreadable(_(
                    "Line %(line)s is not in UTF-8. Save the file as “CSV UTF-8”, or say in which encoding it is.",
                    line=line,
                )) from None  # fmt: skip
            if wanted:
                raise Unreadable(_("The file is not in the encoding %(name)s.", name=wanted)) from None
            raise Unreadable(_("This is no table: neither CSV nor XLSX.")) from None
    return encoding


def _delimiter_of(line: str) -> str:
    bare = re.sub(r'"[^"]*"', "", line)
    return max(",;\t", key=bare.count)


def _of_workbook(path: Path) -> Iterator[Row]:
    try:
        with path.open("rb") as file:
            _weigh(file)
            workbook = load_workbook(file, read_only=True, keep_links=False)
            sheet = workbook.worksheets[0]
            sheet.reset_dimensions()  # What the file says of them need not be true.
            for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                yield Row(line, [_text_of(cell) for cell in cells[: MOST_COLUMNS + 1]])
    except (Unreadable, GeneratorExit):
        raise
    except Exception:  # The library's faults are of every kind.
        raise Unreadable(_("The workbook is damaged, or none at all.")) from None


def _weigh(file: IO[bytes]) -> None:
    """Refuses an archive that unpacks to too much. What it says of its sizes is all that is ever unpacked of it."""
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
    sheets = sum(each.file_size for each in members if "/worksheets/" in each.filename)
    if sheets > MOST_UNPACKED or sum(each.file_size for each in members) - sheets > MOST_STRINGS:
        raise Unreadable(_("The workbook is too large when it is unpacked."))


def _text_of(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
    return str(value).strip(" ")


def guarded(text: str) -> str:
    """A cell of CSV that no program takes for a formula: an apostrophe stands before what looks like one."""
    return f"'{text}" if _GUARDED.match(f"'{text}") else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text
