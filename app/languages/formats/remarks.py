"""What is said about a line of a subtitle file: repaired, or not to be understood."""

import enum
from typing import NamedTuple

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class Said(enum.StrEnum):
    """The first group is repaired and told, the second cannot be repaired."""

    ENCODING = "encoding"
    NO_SIGNATURE = "no-signature"
    ROUGH_TIME = "rough-time"
    NO_BLANK_LINE = "no-blank-line"
    BLANK_LINE_IN_TEXT = "blank-line-in-text"
    NULL = "null"
    ENDS_BEFORE_IT_BEGINS = "ends-before-it-begins"
    OUT_OF_ORDER = "out-of-order"
    UNKNOWN_SETTING = "unknown-setting"
    MARKUP_DROPPED = "markup-dropped"
    NO_TEXT = "no-text"
    NO_TIMES = "no-times"
    TIMES_FROM_THE_BEGINNING = "times-from-the-beginning"

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TOO_MANY_CUES = "too-many-cues"
    NOT_TEXT = "not-text"
    UNKNOWN_ENCODING = "unknown-encoding"
    NO_CUES = "no-cues"
    UNREADABLE_TIME = "unreadable-time"
    TEXT_WITHOUT_TIME = "text-without-time"
    FAULTY_XML = "faulty-xml"
    XML_ENTITIES = "xml-entities"
    UNREADABLE_LINE = "unreadable-line"


SENTENCES: dict[Said, LazyString] = {
    Said.ENCODING: _l("Not in UTF-8: read as another encoding. Look whether the letters are right."),
    Said.NO_SIGNATURE: _l("WEBVTT did not stand alone at the beginning; read all the same."),
    Said.ROUGH_TIME: _l("The times were not written as the format asks; rewritten."),
    Said.NO_BLANK_LINE: _l("There was no blank line before this cue; put in."),
    Said.BLANK_LINE_IN_TEXT: _l("A blank line within the text was taken out, since it would end the cue."),
    Said.NULL: _l("A null character was replaced."),
    Said.ENDS_BEFORE_IT_BEGINS: _l(
        "The cue had no end after its beginning; it now lasts to the next one, at most 3 seconds."
    ),
    Said.OUT_OF_ORDER: _l("The cue begins before the one above it; kept in its place."),
    Said.UNKNOWN_SETTING: _l("A setting that players do not know; kept, and ignored by them."),
    Said.MARKUP_DROPPED: _l("Colour, font or place that WebVTT does not write in the text; taken out."),
    Said.NO_TEXT: _l("The cue has no text; kept."),
    Said.NO_TIMES: _l("The text had no times; they are guessed from how fast people read."),
    Said.TIMES_FROM_THE_BEGINNING: _l("Times counted from the beginning of the file, not of the part; read so."),
    Said.EMPTY: _l("The file is empty."),
    Said.TOO_LARGE: _l("The file is larger than subtitles of any recording; the most is 2 MB."),
    Said.TOO_MANY_CUES: _l("The file has more cues or marks than subtitles of any recording; the most is 20,000 cues."),
    Said.NOT_TEXT: _l("This is not a subtitle file but a picture, a video or another binary file."),
    Said.UNKNOWN_ENCODING: _l("The encoding of the text could not be found out. Save it as UTF-8."),
    Said.NO_CUES: _l(
        "There is no cue in the file. Bring WebVTT (.vtt), SubRip (.srt), TTML or EBU-TT-D (.ttml, .xml), ASS (.ass) "
        "or SBV (.sbv)."
    ),
    Said.UNREADABLE_TIME: _l("The times of this cue cannot be read; write them like 00:01:02.345 --> 00:01:04.000."),
    Said.TEXT_WITHOUT_TIME: _l("Text without times; write its times above it, like 00:01:02.345 --> 00:01:04.000."),
    Said.FAULTY_XML: _l("The XML is not well-formed here."),
    Said.XML_ENTITIES: _l("The file defines XML entities, which subtitles never need."),
    Said.UNREADABLE_LINE: _l("This line of the file cannot be read."),
}


class Remark(NamedTuple):
    line: int
    """From 1; 0 is the file as a whole."""
    said: Said

    @property
    def sentence(self) -> LazyString:
        return SENTENCES[self.said]


class RefusedError(Exception):
    """A file that cannot be taken in, and each reason."""

    def __init__(self, *remarks: Remark) -> None:
        super().__init__(", ".join(f"{remark.line}: {remark.said}" for remark in remarks))
        self.remarks = remarks
