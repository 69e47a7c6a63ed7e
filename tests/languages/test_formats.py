"""TTML, ASS, SBV and plain text: what WebVTT knows is kept, what it does not know is told, nothing harms."""

import pytest

from app.languages.formats import intake
from app.languages.formats.intake import take_in
from app.languages.formats.remarks import RefusedError, Said
from app.languages.formats.webvtt import Block
from app.languages.formats.writing import written

TT = (
    '<tt xml:lang="en" xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" '
    'xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" {}>\n'
)
ASS = (
    "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\n"
    "Style: Default,Arial,20,&H00FFFFFF,&H0000FFFF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,2,2,2,10,10,10,1\n"
    "Style: Top,Arial,20,&H0000FFFF,&H0000FFFF,&H00000000,&H00000000,-1,0,0,0,100,100,0,0,1,2,2,8,10,10,10,1\n"
    "\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
)


def tt(body: str, head: str = "", attributes: str = "") -> bytes:
    return f"{TT.format(attributes)}<head>{head}</head>\n<body><div>\n{body}\n</div></body></tt>".encode()


def texts(data: bytes) -> list[str]:
    return [cue.text for cue in take_in(data, "en").document.cues]


def times(data: bytes) -> list[tuple[int, int]]:
    return [(cue.start_ms, cue.end_ms) for cue in take_in(data, "en").document.cues]


def said(data: bytes) -> list[tuple[int, Said]]:
    return [tuple(remark) for remark in take_in(data, "en").remarks]


def refusal(data: bytes) -> list[tuple[int, Said]]:
    with pytest.raises(RefusedError) as caught:
        take_in(data, "en")
    return [tuple(remark) for remark in caught.value.remarks]


def test_styles_of_ttml_are_kept_wherever_they_are_said() -> None:
    head = (
        '<metadata><ttm:agent xml:id="a"><ttm:name>Ada Lovelace</ttm:name></ttm:agent></metadata><styling>'
        '<style xml:id="y" tts:color="yellow"/><style xml:id="i" style="y" tts:fontStyle="italic"/>'
        '<style xml:id="odd" tts:color="#123456" tts:backgroundColor="blue"/></styling>'
    )
    body = (
        '<p xml:id="one" begin="1s" end="2s" style="i" ttm:agent="a">All  of\n it</p>'
        '<p begin="2s" end="3s">A <span tts:fontWeight="bold">bold</span><br/> <span style="odd">odd</span> '
        '<span tts:textDecoration="underline">line</span></p>'
    )
    taken = take_in(tt(body, head), "en")
    assert [cue.text for cue in taken.document.cues] == [
        "<v Ada Lovelace><c.yellow><i>All of it</i></c></v>",
        "A <b>bold</b>\n<c.colour-123456.bg_blue>odd</c> <u>line</u>",
    ]
    assert taken.document.cues[0].identifier == "one"
    assert taken.document.blocks[0] == Block("STYLE\n::cue(.colour-123456) {\n  color: #123456;\n}")
    assert taken.remarks == []


@pytest.mark.parametrize(
    "text", ["not</b> begun", "<i>one <b>in</i> other</b>", "<i>never ended", "one <b>two</bx three", "a <00:00.500>b"]
)
def test_marks_that_make_no_sense_are_written_as_ttml_all_the_same(text: str) -> None:
    taken = take_in(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n".encode(), "en")
    back = take_in(bytes(written(taken.document, "ttml", "en")), "en")  # type: ignore[arg-type]
    assert (back.document.cues[0].start_ms, back.document.cues[0].end_ms) == (1000, 2000)


def test_regions_and_alignment_of_ttml_become_settings() -> None:
    head = (
        '<layout><region xml:id="top" tts:displayAlign="before" tts:origin="10% 5%" tts:extent="80% 20%"/>'
        '<region xml:id="low" tts:displayAlign="after" tts:origin="10% 50%" tts:extent="80% 40%"/>'
        '<region xml:id="left" tts:displayAlign="center" tts:origin="0% 40%" tts:extent="40% 20%" '
        'tts:textAlign="start"/></layout>'
    )
    body = "".join(
        f'<p begin="{n}s" end="{n + 1}s" region="{name}">x</p>' for n, name in enumerate(("top", "low", "left"))
    )
    assert [cue.settings for cue in take_in(tt(body, head), "en").document.cues] == [
        "line:5%", "", "line:50%,center position:0%,line-left size:40% align:start",
    ]  # fmt: skip


def test_times_of_ttml_of_every_kind() -> None:
    body = (
        '<p begin="00:00:01.500" end="00:00:02:05">a</p><p begin="3000ms" dur="1s">b</p>'
        '<p begin="125f" end="6s">c</p></div><div begin="10s"><p begin="1s" end="2s">d</p>'
    )
    assert times(tt(body, attributes='ttp:frameRate="25"')) == [
        (1500, 2200),
        (3000, 4000),
        (5000, 6000),
        (11000, 12000),
    ]
    spans = '<p><span begin="1s" end="2s">a</span> <span begin="3s" end="4s">b</span></p>'
    assert times(tt(spans)) == [(1000, 2000), (3000, 4000)]
    words = '<p begin="1s" end="4s">one <span begin="1s">two</span> <span begin="2s">three</span></p>'
    assert texts(tt(words)) == ["one <00:00:02.000>two <00:00:03.000>three"]


def test_what_breaks_the_rules_of_ttml_is_repaired_and_told() -> None:
    body = '<p begin="1:02.5" end="00:01:05,000">a</p>\n<p begin="70s" end="70s">b</p>\n'
    body += '<p begin="80s" tts:fontSize="9c">c</p>'
    assert times(tt(body)) == [(62500, 65000), (70000, 73000), (80000, 83000)]
    assert said(tt(body)) == [
        (4, Said.ROUGH_TIME), (5, Said.ENDS_BEFORE_IT_BEGINS), (6, Said.ENDS_BEFORE_IT_BEGINS),
        (6, Said.MARKUP_DROPPED),
    ]  # fmt: skip
    whole = '</div><div begin="20s" end="30s"><p begin="20s" end="22s">a</p><p begin="28s" end="30s">b</p>'
    assert times(tt(whole)) == [(20000, 22000), (28000, 30000)]
    assert said(tt(whole)) == [(0, Said.TIMES_FROM_THE_BEGINNING)]


def test_old_namespaces_and_declared_encodings_are_read() -> None:
    old = (
        '<tt xmlns="http://www.w3.org/2006/10/ttaf1" xmlns:s="http://www.w3.org/2006/10/ttaf1#style"><body><div>'
        '<p begin="1s" end="2s" s:fontStyle="italic">x</p></div></body></tt>'
    )
    assert texts(old.encode()) == ["<i>x</i>"]
    russian = tt('<p begin="1s" end="2s">Привет</p>').decode()
    assert texts(f'<?xml version="1.0" encoding="windows-1251"?>{russian}'.encode("cp1251")) == ["Привет"]
    assert texts(russian.encode("utf-16")) == texts(russian.encode("utf-16-le")) == ["Привет"]


@pytest.mark.parametrize(("data", "expected"), [
    (tt('<p begin="1s" end="2s">x</div>'), (4, Said.FAULTY_XML)),
    (tt('<p begin="soon" end="2s">x</p>'), (4, Said.UNREADABLE_TIME)),
    (tt(f'<p begin="{"9" * 5000}s">x</p>'), (4, Said.UNREADABLE_TIME)),
    (tt('<p begin="1s" end="2s">x</p>\n<p>y</p>'), (5, Said.TEXT_WITHOUT_TIME)),
    (tt('lost<p begin="1s" end="2s">x</p>'), (3, Said.TEXT_WITHOUT_TIME)),
    (tt('<p begin="1s" end="2s">x</p>', attributes='ttp:frameRate="0"'), (1, Said.UNREADABLE_LINE)),
    (tt('<p begin="1s" end="2s">x</p>', attributes='ttp:frameRateMultiplier="1 0"'), (1, Said.UNREADABLE_LINE)),
    (tt('<p begin="1s" end="2s">x</p>', attributes='tts:extent="x"'), (1, Said.UNREADABLE_LINE)),
    (b'<tt><body><div><p begin="1s" end="2s">x</p></div></body></tt>', (1, Said.UNREADABLE_LINE)),
    (b'<!DOCTYPE tt [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>\n' + tt("<p>&b;</p>"), (1, Said.XML_ENTITIES)),
    (b'<!DOCTYPE tt [\n<!ENTITY x SYSTEM "file:///etc/passwd">]>\n' + tt("<p>&x;</p>"), (2, Said.XML_ENTITIES)),
    (tt("<div>" * 100_000), (4, Said.UNREADABLE_LINE)),
    (tt("<p/>\n" * 100_000), (40_001, Said.TOO_MANY_CUES)),
    (ASS.encode() + b"Dialogue: 0,soon,0:00:02.00,Default,,0,0,0,,x", (10, Said.UNREADABLE_TIME)),
    (ASS.encode() + b"Dialogue: 0,0:00:01.00", (10, Said.UNREADABLE_TIME)),
    (ASS.encode() + b"lost", (10, Said.UNREADABLE_LINE)),
    (ASS.encode(), (0, Said.NO_CUES)),
    (b"0:00:01.f00,0:00:02.000\nx\n", (1, Said.UNREADABLE_TIME)),
    (b"0:00:01.000,0:00:02.000\nx\n" * 20_001, (40_001, Said.TOO_MANY_CUES)),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_line(data: bytes, expected: tuple[int, Said]) -> None:
    assert len(data) <= intake.MOST_BYTES
    assert refusal(data)[0] == expected


def test_ass_keeps_what_webvtt_knows_and_tells_the_rest() -> None:
    data = ASS + (
        "Dialogue: 0,0:00:01.00,0:00:04.50,Default,Ada,0,0,0,,"
        "Hello, {\\i1}you{\\i0} & <b>\\N{\\c&H0000FF&}red{\\r}\\hx\n"
        "Comment: 0,0:00:01.00,0:00:04.00,Default,,0,0,0,,who --> says it?\n"
        "Dialogue: 0,0:00:05.00,0:00:06.00,Top,,0,0,0,,{\\fad(1,2)}Top\n"
        "Dialogue: 0,0:00:06.00,0:00:07.00,Default,,0,0,0,,{\\an1}{\\p1}m 0 0 l 1 1{\\p0}left\n"
    )
    taken = take_in(data.encode(), "en")
    assert [(cue.start_ms, cue.end_ms, cue.text, cue.settings) for cue in taken.document.cues] == [
        (1000, 4500, "<v Ada>Hello, <i>you</i> &amp; &lt;b>\n<c.red>red</c>\u00a0x</v>", ""),
        (5000, 6000, "<c.yellow><b>Top</b></c>", "line:0"),
        (6000, 7000, "left", "align:left"),
    ]
    assert taken.document.blocks[1] == Block("NOTE who --&gt; says it?")
    assert [tuple(remark) for remark in taken.remarks] == [(12, Said.MARKUP_DROPPED), (13, Said.MARKUP_DROPPED)]


def test_ssa_counts_places_and_colours_in_its_own_way() -> None:
    data = (
        "[Script Info]\n[V4 Styles]\nStyle: Up,Arial,20,255,65535,65535,0,0,-1,1,2,2,6,30,30,10,0,0\n[Events]\n"
        "Dialogue: Marked=0,0:00:01.00,0:00:02.00,*Up,,0000,0000,0000,,x\n"
    )
    cue = take_in(data.encode(), "en").document.cues[0]
    assert (cue.text, cue.settings) == ("<c.red><i>x</i></c>", "line:0")


def test_sbv_is_read_with_its_gaps_and_faults() -> None:
    data = b"0:00:01.000,0:00:02.000\none[br]two\n\nthree\n\n0:0:03.5,100:00:04.000\n1984\n"
    assert texts(data) == ["one\ntwo\nthree", "1984"]
    assert times(data) == [(1000, 2000), (3500, 360_004_000)]
    assert said(data) == [(3, Said.BLANK_LINE_IN_TEXT), (6, Said.ROUGH_TIME)]


def test_plain_text_is_spread_over_the_recording_by_how_fast_people_read() -> None:
    text = "First line.\n\n" + "A sentence of this length. " * 6 + "\nLast & least\n"
    taken = take_in(text.encode(), "en", plain_text=True)
    cues = taken.document.cues
    assert [tuple(remark) for remark in taken.remarks] == [(0, Said.NO_TIMES)]
    assert [cue.line for cue in cues] == [1, 3, 3, 4]
    assert cues[-1].text == "Last &amp; least"
    assert all(len(cue.text) <= 84 for cue in cues)
    assert [cue.start_ms for cue in cues[1:]] == [cue.end_ms for cue in cues[:-1]]
    stretched = take_in(text.encode(), "en", plain_text=True, length_ms=600_000).document.cues
    assert (stretched[0].start_ms, stretched[-1].end_ms) == (0, 600_000)


@pytest.mark.parametrize("text", ["Dear all,\nplease find attached", "<html><body>404</body></html>"])
def test_text_without_times_is_only_taken_where_somebody_will_time_it(text: str) -> None:
    assert refusal(text.encode()) == [(1, Said.TEXT_WITHOUT_TIME)]


@pytest.mark.parametrize("text", [
    "1\n00:00:01,000 --> soon\na\n", "0:00:01.f00,0:00:02.000\nx\n", "WEBVTT\n\nlost\n", "<html>404</html>",
])  # fmt: skip
def test_a_faulty_file_of_subtitles_is_not_taken_for_plain_text(text: str) -> None:
    with pytest.raises(RefusedError):
        take_in(text.encode(), "en", plain_text=True)
