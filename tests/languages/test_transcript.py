"""Paragraphs of a transcript."""

from app.languages import transcript
from app.languages.formats.webvtt import Cue


def texts(*cues: Cue) -> list[tuple[str, str]]:
    return [(part.speaker, part.text) for part in transcript.paragraphs(cues)]


def test_a_pause_begins_a_paragraph() -> None:
    assert texts(Cue(0, 1000, "One"), Cue(1500, 2000, "two."), Cue(4000, 5000, "Three.")) == [
        ("", "One two."), ("", "Three."),
    ]  # fmt: skip


def test_a_new_speaker_begins_a_paragraph_and_is_named_once() -> None:
    found = texts(
        Cue(0, 1, "<v Ada>Hello</v>"), Cue(1, 2, "<v Ada>again</v>"), Cue(2, 3, "<v.loud Bob &amp; Co>Hi</v>"),
        Cue(3, 4, "there"),
    )  # fmt: skip
    assert found == [("Ada", "Hello again"), ("Bob & Co", "Hi there")]
    assert transcript.as_text(transcript.paragraphs([Cue(0, 1, "<v Ada>Hello")])) == "Ada: Hello\n"


def test_mark_up_is_taken_off_and_entities_are_read() -> None:
    assert texts(Cue(0, 1, "<i>a</i> &lt;b&gt; <00:00:01.000>c <script"), Cue(1, 2, "  ")) == [("", "a <b> c")]


def test_speech_without_pauses_is_cut_after_a_sentence() -> None:
    cues = [Cue(n * 1000, n * 1000 + 1000, f"This is the sentence with the number {n}.") for n in range(100)]
    found = transcript.paragraphs(cues)
    assert 4 < len(found) < 12
    assert all(part.text.endswith(".") for part in found)
    assert " ".join(part.text for part in found).count("sentence") == 100


def test_scripts_without_spaces_are_joined_without_them() -> None:
    assert texts(Cue(0, 1000, "図書館へ"), Cue(1000, 2000, "ようこそ")) == [("", "図書館へようこそ")]


def test_times_are_read_as_players_show_them() -> None:
    assert [transcript.Paragraph(ms, "").time for ms in (0, 65_000, 3_605_000)] == ["0:00", "1:05", "1:00:05"]
