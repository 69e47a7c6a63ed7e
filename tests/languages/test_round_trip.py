"""What is read and written again says the same: in WebVTT all of it, in other formats what they know."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.languages.formats import cue_text, spans, webvtt, writing
from app.languages.formats.intake import take_in
from app.languages.formats.webvtt import Block, Cue, Document

CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\u0085\ufeff")
WORDS = st.text(CHARACTERS, min_size=1, max_size=30).filter(lambda text: "-->" not in text and bool(text.strip()))
MARKED = st.sampled_from([
    "<v Ada>Hello</v>", "<i>so</i>", "<b.loud>a</b>", "<c.red.bg_blue>r</c>", "<lang fr>oui</lang>", "&lt;script&gt;",
    "<00:00:01.500>later", "<ruby>漢<rt>かん</rt></ruby>", "a &amp; b", "- <u>two", "</u>", "<", "&", "5 > 3",
])  # fmt: skip
TEXTS = st.lists(WORDS | MARKED, min_size=1, max_size=3).map("\n".join)
SETTINGS = st.sampled_from([
    "", "align:start", "line:0 position:20%,line-left size:60% vertical:lr", "region:fred", "line:-1.5,end",
    "align:middle", "made:up",
])  # fmt: skip
BLOCKS = st.sampled_from([
    "STYLE\n::cue(.loud) {\n  color: red;\n}", "REGION\nid:fred\nwidth:40%", "NOTE one line", "NOTE\ntwo\nlines",
]).map(Block)  # fmt: skip
TIMES = st.tuples(st.integers(0, 10**9), st.integers(1, 10**7))
CUES = st.builds(
    lambda times, *rest: Cue(times[0], times[0] + times[1], *rest), TIMES, TEXTS, st.just("") | WORDS, SETTINGS
)
DOCUMENTS = st.builds(
    lambda header, blocks, cue: Document(header, [*blocks, cue]),
    st.sampled_from(["", " A title", " x\nKind: captions\nLanguage: ro"]),
    st.lists(CUES | BLOCKS, max_size=6),
    CUES,
)


@given(DOCUMENTS)
@settings(deadline=None)
def test_webvtt_comes_back_with_every_cue_setting_identifier_and_block(document: Document) -> None:
    written = webvtt.write(document)
    taken = take_in(written.encode(), "en")
    assert taken.document == document
    assert taken.webvtt == written


@given(st.lists(st.tuples(WORDS, st.sampled_from([(), ("i",), ("b", "i"), ("c.red",), ("v Ada", "u")])), max_size=5))
@settings(deadline=None)
def test_no_text_becomes_mark_up_and_none_is_lost(runs: list[tuple[str, tuple[str, ...]]]) -> None:
    found = [spans.Span(text, marks) for text, marks in runs]
    written = spans.written(found)
    assert cue_text.plain(written) == "".join(text for text, _ in runs).strip()
    assert spans.written(spans.read(written)) == written


STYLED = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Ada>Hello <i>you</i> &amp; &lt;b&gt;</v>
<b>second</b> <u>line</u>

00:00:05.120 --> 00:00:06.340 line:0
<c.yellow>up</c>
"""


@pytest.mark.parametrize(("extension", "texts"), [
    ("vtt", ["<v Ada>Hello <i>you</i> &amp; &lt;b&gt;</v>\n<b>second</b> <u>line</u>", "<c.yellow>up</c>"]),
    ("srt", ["Hello <i>you</i> &amp; <b>\n<b>second</b> <u>line</u>", "up"]),
    ("ttml", ["Hello <i>you</i> &amp; &lt;b>\n<b>second</b> <u>line</u>", "<c.yellow>up</c>"]),
    ("ass", ["<v Ada>Hello <i>you</i> &amp; &lt;b>\n<b>second</b> <u>line</u></v>", "<c.yellow>up</c>"]),
    ("sbv", ["Hello you &amp; &lt;b>\nsecond line", "up"]),
])  # fmt: skip
def test_every_format_that_is_written_is_read_again(extension: str, texts: list[str]) -> None:
    document = take_in(STYLED.encode(), "en").document
    written = writing.written(document, extension, "en")
    again = take_in(written if isinstance(written, bytes) else written.encode(), "en").document.cues
    assert [(cue.start_ms, cue.end_ms) for cue in again] == [(1000, 4000), (5120, 6340)]
    assert [cue.text for cue in again] == texts


def test_plain_text_is_what_was_said_and_by_whom() -> None:
    document = take_in(STYLED.encode(), "en").document
    assert writing.written(document, "txt") == "Ada: Hello you & <b> second line up\n"


@pytest.mark.parametrize("bring", [
    lambda text: f"0:00:01.000,0:00:02.000\n{text}\n",
    lambda text: f"[Script Info]\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,{text},0,0,0,,{text}\n",
    lambda text: '<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en"><body><div><p begin="1s" end="2s">'
                 f"{text.replace('&', '&amp;').replace('<', '&lt;')}</p></div></body></tt>",
    lambda text: f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n",
    lambda text: text,
])  # fmt: skip
def test_what_is_mark_up_elsewhere_is_only_text_here(bring: Callable[[str], str]) -> None:
    text = "<script>alert(1)</script> & <img src=x onerror=alert(1)>"
    cue = take_in(bring(text).encode(), "en", plain_text=True).document.cues[0]
    assert cue_text.plain(cue.text) == text
    assert "<script" not in cue.text
    assert "<img" not in cue.text
