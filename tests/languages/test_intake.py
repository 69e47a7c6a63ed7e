"""Subtitle files from the wild: repaired and told line by line, or refused with the line."""

import pytest

from app.languages import transcript
from app.languages.formats import srt
from app.languages.formats.intake import MOST_BYTES, take_in
from app.languages.formats.remarks import SENTENCES, RefusedError, Said

RUSSIAN = (
    "1\r\n00:00:01,000 --> 00:00:02,500\r\nДобрый день, коллеги!\r\n\r\n"
    "2\r\n00:00:03,000 --> 00:00:04,000\r\nЁж — «это» №1"
)
ROMANIAN = "1\n00:00:01,000 --> 00:00:02,500\nBună ziua, să începem în bibliotecă\n"


def said(text: str | bytes, language: str = "en") -> list[tuple[int, Said]]:
    data = text.encode() if isinstance(text, str) else text
    return [tuple(remark) for remark in take_in(data, language).remarks]


def refusal(data: str | bytes, language: str = "en") -> list[tuple[int, Said]]:
    with pytest.raises(RefusedError) as caught:
        take_in(data.encode() if isinstance(data, str) else data, language)
    return [tuple(remark) for remark in caught.value.remarks]


def cues(text: str | bytes, language: str = "en") -> list[tuple[int, int, str]]:
    data = text.encode() if isinstance(text, str) else text
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in take_in(data, language).document.cues]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251",
                                      "koi8-u", "iso8859-5"])  # fmt: skip
def test_russian_is_read_in_every_encoding(encoding: str) -> None:
    text = RUSSIAN.replace("—", "-").replace("«", '"').replace("»", '"').replace("№", "N")
    expected = [(1000, 2500, "Добрый день, коллеги!"), (3000, 4000, 'Ёж - "это" N1')]
    assert cues(text.encode(encoding), "ru") == expected
    assert said(text.encode(encoding), "ru") == ([] if encoding.startswith("utf") else [(0, Said.ENCODING)])


def test_typographic_characters_of_windows_1251_are_letters_too() -> None:
    assert cues(RUSSIAN.encode("cp1251"), "ru")[1][2] == "Ёж — «это» №1"


@pytest.mark.parametrize(("text", "language", "encoding"), [
    (ROMANIAN.replace("ș", "ş").replace("ț", "ţ"), "ro", "iso8859-2"),
    (ROMANIAN, "ro-MD", "cp1250"),
    ("1\n00:00:01,000 --> 00:00:02,500\nŽluťoučký kůň\n", "cs", "iso8859-2"),
    ("1\n00:00:01,000 --> 00:00:02,500\nŽluťoučký kůň š\n", "cs", "cp1250"),
    ("1\n00:00:01,000 --> 00:00:02,500\nÇa coûte 5 €\n", "fr", "iso8859-15"),
    ("1\n00:00:01,000 --> 00:00:02,500\nÇa coûte “5” €\n", "fr", "cp1252"),
    ("1\n00:00:01,000 --> 00:00:02,500\nκαλημέρα\n", "el", "cp1253"),
])  # fmt: skip
def test_the_language_tells_the_encoding(text: str, language: str, encoding: str) -> None:
    assert cues(text.encode(encoding), language)[0][2] == text.split("\n")[2]


@pytest.mark.parametrize("data", [
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00", b"GIF89a\x01\x00\x01\x00\x00", b"PK\x03\x04\x14\x00",
    b"\xff\xd8\xff\xe0\x00\x10JFIF", bytes(range(256)) * 20, b"\xff\xfe\x00\xd8\x00\xd8\x00",
])  # fmt: skip
def test_a_picture_or_a_binary_file_is_refused_in_one_sentence(data: bytes) -> None:
    assert refusal(data) == [(0, Said.NOT_TEXT)]


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data) == [(0, Said.EMPTY)]


def test_a_file_without_cues_is_refused() -> None:
    assert refusal("WEBVTT\n\nNOTE nothing\n") == [(0, Said.NO_CUES)]
    assert refusal("Dear all,\nplease find attached") == [(1, Said.TEXT_WITHOUT_TIME)]
    assert refusal("<html><body>404</body></html>") == [(1, Said.TEXT_WITHOUT_TIME)]


def test_a_file_larger_than_any_subtitles_is_refused() -> None:
    assert refusal(b"WEBVTT\n\n" + b"x" * MOST_BYTES) == [(0, Said.TOO_LARGE)]


def test_a_large_file_of_arrows_and_digits_is_answered_at_once() -> None:
    """No expression goes back over what it has read: this test would not end before the next day otherwise."""
    for unit in ("0:", "00:00:00.000 --", "<", "&", "1\n", " \t", "0 : ", "{\\", "<v ", "<v.", ".a", "<b.a", "<font "):
        for head in ("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n<b", "00:00:00,000 --> 00:00:01,000\n<b"):
            found = take_in((head + unit * (300_000 // len(unit))).encode(), "en").document.cues
            assert srt.write(found)
            assert transcript.paragraphs(found) is not None


def test_roughly_written_times_are_rewritten_and_told() -> None:
    text = (
        "WEBVTT\n\n"
        "00:00:01,000 --> 00:00:02,000\na\n\n"
        "0:0:3 --> 0:0:4.5\nb\n\n"
        "00:00:05:250-->00:00:75.000 align:start\nc\n\n"
        "-00:00:01.000 --> 00:01:20.000\nd\n\n"
        "00:01:21.000 -> 00:01:22.000\ne\n"
    )
    assert cues(text) == [
        (1000, 2000, "a"), (3000, 4500, "b"), (5250, 75000, "c"), (0, 80000, "d"), (81000, 82000, "e"),
    ]  # fmt: skip
    assert said(text) == [
        (3, Said.ROUGH_TIME), (6, Said.ROUGH_TIME), (9, Said.ROUGH_TIME), (12, Said.OUT_OF_ORDER),
        (12, Said.ROUGH_TIME), (15, Said.ROUGH_TIME),
    ]  # fmt: skip
    assert take_in(text.encode(), "en").document.cues[2].settings == "align:start"


def test_times_that_nobody_can_read_are_refused_with_every_line() -> None:
    text = "WEBVTT\n\n00:00:01.000 --> soon\na\n\n00:00:03.000 --> 00:00:04.000\nb\n\n--> 00:00:09.000\nc\n"
    assert refusal(text) == [(3, Said.UNREADABLE_TIME), (9, Said.UNREADABLE_TIME)]


def test_text_without_times_is_never_dropped_in_silence() -> None:
    text = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\na\n\nlost\n\n00:00:03.000 --> 00:00:04.000\nb\n"
    assert refusal(text) == [(6, Said.TEXT_WITHOUT_TIME)]


def test_a_cue_that_ends_before_it_begins_lasts_to_the_next() -> None:
    text = (
        "WEBVTT\n\n00:00:05.000 --> 00:00:01.000\na\n\n00:00:06.000 --> 00:00:06.000\nb\n\n"
        "00:01:00.000 --> 00:01:01.000\nc\n"
    )
    assert cues(text) == [(5000, 6000, "a"), (6000, 9000, "b"), (60000, 61000, "c")]
    assert said(text) == [(3, Said.ENDS_BEFORE_IT_BEGINS), (6, Said.ENDS_BEFORE_IT_BEGINS)]


def test_overlapping_cues_and_long_hours_are_kept_as_they_are() -> None:
    text = "WEBVTT\n\n100:00:00.000 --> 100:00:09.000\na\n\n100:00:05.000 --> 1000:00:00.000\nb\n"
    assert cues(text) == [(360_000_000, 360_009_000, "a"), (360_005_000, 3_600_000_000, "b")]
    assert said(text) == []
    assert take_in(text.encode(), "en").webvtt == text


def test_a_missing_blank_line_is_put_in() -> None:
    text = "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\na\n2\n00:00:03.000 --> 00:00:04.000\nb\n"
    assert cues(text) == [(1000, 2000, "a"), (3000, 4000, "b")]
    assert said(text) == [(6, Said.NO_BLANK_LINE)]
    assert take_in(text.encode(), "en").document.cues[1].identifier == "2"


def test_a_signature_that_does_not_stand_alone_is_understood() -> None:
    assert said("\n\nwebvtt\n\n00:00:01.000 --> 00:00:02.000\na\n") == [(3, Said.NO_SIGNATURE)]


def test_unknown_settings_and_cues_without_text_are_kept_and_told() -> None:
    text = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 align:middle\n\n00:00:03.000 --> 00:00:04.000\nb\n"
    assert said(text) == [(3, Said.NO_TEXT), (3, Said.UNKNOWN_SETTING)]
    assert take_in(text.encode(), "en").webvtt.count("align:middle") == 1


SUBRIP = """1
00:00:01,000 --> 00:00:02,000
a < b & c <i>italic</i> <3
second line

2
00:00:03,000 --> 00:00:04,000
Ștefan: "да"

3
100:00:05,000 --> 100:00:06,000
<b>&copy; 2020</b>
"""


def test_cues_of_subrip_come_back_as_they_were() -> None:
    taken = take_in(SUBRIP.encode(), "en")
    assert taken.remarks == []
    assert taken.document.cues[0].text == "a &lt; b &amp; c <i>italic</i> &lt;3\nsecond line"
    assert srt.write(taken.document.cues) == SUBRIP


def test_subrip_without_numbers_or_blank_lines_is_read() -> None:
    assert cues("00:00:01,000 --> 00:00:02,000\na\n\n00:00:03,000 --> 00:00:04,000\nb") == [
        (1000, 2000, "a"), (3000, 4000, "b"),
    ]  # fmt: skip
    tight = "1\n00:00:01,000 --> 00:00:02,000\na\n2\n00:00:03,000 --> 00:00:04,000\nb"
    assert cues(tight) == [(1000, 2000, "a"), (3000, 4000, "b")]
    assert said(tight) == [(4, Said.NO_BLANK_LINE)]
    loose = "1\n\n00:00:01,000 --> 00:00:02,000\n\na\n\nb\n\n2\n\n00:00:03,000 --> 00:00:04,000\nc\n"
    assert cues(loose) == [(1000, 2000, "a\nb"), (3000, 4000, "c")]
    assert said(loose) == [(6, Said.BLANK_LINE_IN_TEXT)]


def test_a_number_that_is_said_is_no_number_of_a_cue() -> None:
    text = "00:00:01,000 --> 00:00:02,000\nIn which year?\n\n00:00:03,000 --> 00:00:04,000\n1984\n\n"
    text += "00:00:05,000 --> 00:00:06,000\nRight\n"
    assert cues(text) == [(1000, 2000, "In which year?"), (3000, 4000, "1984"), (5000, 6000, "Right")]


def test_colours_and_places_of_subrip_are_taken_out_and_told() -> None:
    text = '1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<font color="#ff0000">red</font> <u>line</u>\n'
    taken = take_in(text.encode(), "en")
    assert (taken.document.cues[0].text, taken.document.cues[0].settings) == ("red <u>line</u>", "line:0")
    assert said(text) == [(3, Said.MARKUP_DROPPED)]


def test_every_remark_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Said)
