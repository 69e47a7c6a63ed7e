from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from app.calendar.lines import line, text_line


def read_back(written: bytes, name: str) -> object:
    return Calendar.from_ical(
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + written + b"END:VEVENT\r\nEND:VCALENDAR\r\n"
    ).walk("VEVENT")[0][name]


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1))
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    written = text_line("SUMMARY", text, "ru")
    assert max(map(len, written.split(b"\r\n"))) <= 75
    assert str(read_back(written, "SUMMARY")) == text


def test_punctuation_and_line_breaks_survive() -> None:
    text = 'One, two; three: \\four\\n\n"five" 👩🏽‍🏫 שלום, год 2027\r\nend'
    assert str(read_back(text_line("DESCRIPTION", text), "DESCRIPTION")) == text.replace("\r\n", "\n")


def test_control_characters_and_half_characters_never_reach_a_calendar() -> None:
    written = text_line("SUMMARY", "a\x00b\x07c\x1b[31m\x85d\u2028e\ud800\x7f\tf\rg")
    assert written == b"SUMMARY:abc[31md\\ne? fg\r\n"


def test_an_address_cannot_bring_a_line_of_its_own() -> None:
    assert line("URL", "https://example.org/\r\nATTENDEE:mailto:x") == b"URL:https://example.org/ATTENDEE:mailto:x\r\n"


def test_a_line_is_never_broken_within_a_character() -> None:
    for start in range(8):
        written = text_line("SUMMARY", "x" * start + "я👍" * 60)
        for part in written.split(b"\r\n"):
            part.decode()


def test_parameters_are_encoded_as_in_rfc_6868() -> None:
    written = line("ATTENDEE", "mailto:a@b", [("CN", 'Ana "Ani" ^Pop;\nlibrarian'), ("FEATURE", ("AUDIO", "VIDEO"))])
    assert b"CN=\"Ana ^'Ani^' ^^Pop;^nlibrarian\";FEATURE=AUDIO,VIDEO:" in written.replace(b"\r\n ", b"")
    assert read_back(written, "ATTENDEE").params["CN"] == 'Ana "Ani" ^Pop;\nlibrarian'  # type: ignore[attr-defined]
