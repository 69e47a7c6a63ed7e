"""The hub by itself: real sockets, slow and broken ones among them; one log for all, each change once to each."""

import gc
import json
import os
import socket
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.extensions import bell, db
from app.languages.captions import cues
from app.languages.models import CaptionStream
from app.live import hub as hubs
from app.live.hub import Hub
from app.live.log import Log
from app.live.wire import encoded
from tests.factories import make_event, make_session, make_stream


class Line:
    """One viewer's end of a connection; the other belongs to the hub."""

    def __init__(self, hub: Hub, stream: CaptionStream, after: int = 0, buffer: int = 0) -> None:
        theirs, self.own = socket.socketpair()
        if buffer:
            theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
        theirs.setblocking(False)
        self.own.setblocking(False)
        self._came = b""
        hub.follow(stream.id, after, theirs.detach())

    def read(self) -> None:
        try:
            while part := self.own.recv(65536):
                self._came += part
        except BlockingIOError:
            pass

    @property
    def events(self) -> list[tuple[int, str]]:
        """Number and text of every event so far."""
        self.read()
        found = []
        for block in self._came.decode().split("\n\n")[:-1]:
            if "data: " in block:
                number, _, data = block.split("\n")
                found.append((int(number.removeprefix("id: ")), json.loads(data.removeprefix("data: "))["text"]))
        return found


@pytest.fixture
def hub(app: Flask) -> Iterator[Hub]:
    """One whose pump is turned by hand."""
    made = Hub(app, bell.ear)
    made._runs = True
    bell.ear.listen(made._hear)
    yield made
    for log in made._logs.values():
        for viewer in log.viewers:
            os.close(viewer.descriptor)


@pytest.fixture
def stream(app: Flask) -> CaptionStream:
    return make_stream(make_session(make_event()))


def say(stream: CaptionStream, *texts: str) -> None:
    for text in texts:
        cues.say(stream, text)
        db.session.commit()


def test_who_follows_gets_what_is_said_from_then_on(hub: Hub, stream: CaptionStream) -> None:
    say(stream, "One.")
    from_start, from_now = Line(hub, stream), Line(hub, stream, after=1)
    say(stream, "Two.", "Three.")
    hub._deliver()
    assert from_start.events == [(1, "One."), (2, "Two."), (3, "Three.")]
    assert from_now.events == [(2, "Two."), (3, "Three.")]


def test_who_comes_from_another_process_that_was_ahead_gets_nothing_twice(hub: Hub, stream: CaptionStream) -> None:
    Line(hub, stream)
    hub._ear._listeners.remove(hub._hear)  # This process has heard of nothing yet.
    say(stream, "One.", "Two.", "Three.")
    moved_here = Line(hub, stream, after=2)
    hub._rung.add(stream.id)
    hub._deliver()
    assert moved_here.events == [(3, "Three.")]


def test_a_lost_ring_costs_a_moment_and_no_caption(hub: Hub, stream: CaptionStream) -> None:
    line = Line(hub, stream)
    hub._ear._listeners.remove(hub._hear)
    say(stream, "One.")
    hub._deliver()
    assert line.events == []
    hub._look()
    hub._deliver()
    assert line.events == [(1, "One.")]


def test_what_replaces_another_is_all_that_a_late_viewer_gets(hub: Hub, stream: CaptionStream) -> None:
    early = Line(hub, stream)
    cue = cues.say(stream, "Libra", partial=True)
    db.session.commit()
    hub._deliver()
    cues.say(stream, "Libraries.", cue=cue)
    db.session.commit()
    hub._deliver()
    late = Line(hub, stream)
    assert early.events == [(1, "Libra"), (2, "Libraries.")]
    assert late.events == [(2, "Libraries.")]


def test_a_slow_line_holds_up_nobody_and_gets_everything_in_the_end(hub: Hub, stream: CaptionStream) -> None:
    slow, quick = Line(hub, stream, buffer=2048), Line(hub, stream)
    texts = [f"{n} " + "word " * 300 for n in range(40)]
    for text in texts:
        say(stream, text)
        hub._deliver()
    said = [(n + 1, text.strip()) for n, text in enumerate(texts)]
    assert quick.events == said
    assert len(hub._logs[stream.id].stuck) == 1
    for _ in range(2000):
        slow.read()
        hub._deliver()
    assert slow.events == said
    assert hub._logs[stream.id].stuck == set()


def test_a_line_that_takes_nothing_for_long_is_let_go(
    hub: Hub, stream: CaptionStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    Line(hub, stream, buffer=2048)
    monkeypatch.setattr(hubs, "TOO_SLOW", -1.0)
    for n in range(40):
        say(stream, f"{n} " + "word " * 300)
        hub._deliver()
    assert hub.count(stream.id) == 0


def test_who_has_gone_is_found_out_and_the_others_stay(hub: Hub, stream: CaptionStream) -> None:
    gone, stays = Line(hub, stream), Line(hub, stream)
    gone.own.close()
    say(stream, "One.")
    hub._deliver()
    assert (hub.count(stream.id), stays.events) == (1, [(1, "One.")])


def test_a_beat_finds_out_who_has_gone_while_nothing_is_said(hub: Hub, stream: CaptionStream) -> None:
    gone, stays = Line(hub, stream), Line(hub, stream)
    gone.own.close()
    hub._beat()
    stays.read()
    assert (hub.count(stream.id), stays._came) == (1, b":\n\n")


def test_who_follows_a_stream_that_is_deleted_is_let_go(hub: Hub, stream: CaptionStream) -> None:
    gone = Line(hub, stream)
    stays = Line(hub, other := make_stream(stream.track.session, "ro"))
    say(stream, "One.")
    session, number = stream.track.session, stream.id
    db.session.delete(stream.track)
    db.session.commit()
    hub._look()
    hub._deliver()
    assert (hub.count(number), gone.own.recv(1)) == (0, b"")
    say(other, "Unu.")
    hub._deliver()
    assert stays.events == [(1, "Unu.")]
    assert make_stream(session).id != number


def test_a_connection_that_could_not_be_taken_up_is_closed(
    hub: Hub, stream: CaptionStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(cues, "since", broken)
    theirs, own = socket.socketpair()
    with pytest.raises(OperationalError):
        hub.follow(stream.id, 0, theirs.detach())
    assert own.recv(1) == b""


def test_a_log_that_somebody_comes_back_to_is_kept(hub: Hub, stream: CaptionStream) -> None:
    log = hub._log_of(stream.id, 0)
    log.left_at -= 2 * hubs.KEPT
    assert hub._log_of(stream.id, 0) is log
    hub._forget(log.left_at)
    assert hub._logs[stream.id] is log


def test_a_thousand_viewers_share_one_log(hub: Hub, stream: CaptionStream) -> None:
    lines = [Line(hub, stream) for _ in range(1000)]
    say(stream, "Words that are said once and kept once.")
    hub._deliver()
    assert all(line.events == [(1, "Words that are said once and kept once.")] for line in lines)
    log = hub._logs[stream.id]
    assert len(log.events) == 1
    # Whoever holds the bytes of an event beside the log would be a copy for each viewer.
    assert len([holder for holder in gc.get_referrers(log.events[0]) if isinstance(holder, list)]) == 1
    for line in lines:
        line.own.close()
    hub._beat()
    hub._beat()
    assert (log.viewers, log.stuck) == (set(), set())


def test_the_log_knows_every_change_once_and_in_order() -> None:
    log = Log()
    for cue, version in [(1, 1), (2, 2), (1, 3), (2, 2), (3, 3), (3, 4)]:
        log.add(cue, version, f"{cue}:{version}".encode())
    assert log.versions == [1, 2, 3, 4]
    assert [event for event in log.events if event] == [b"2:2", b"1:3", b"3:4"]
    assert [log.after(version) for version in range(6)] == [0, 1, 2, 3, 4, 4]


def test_words_that_were_withdrawn_are_told_to_nobody(hub: Hub, stream: CaptionStream) -> None:
    cue = cues.say(stream, "A secret.")
    cues.withdraw(cue, "Ana")
    db.session.commit()
    assert Line(hub, stream).events == [(2, "")]


def test_no_text_can_break_out_of_its_event(stream: CaptionStream) -> None:
    cue = cues.say(stream, "one\ntwo\n\nid: 99\nevent: cue")
    event = encoded(cue).decode()
    assert event.count("\n") == 4
    assert json.loads(event.split("\n")[2].removeprefix("data: "))["text"] == "one\ntwo\nid: 99\nevent: cue"
