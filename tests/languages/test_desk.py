"""The desk: one person on air, lines that stand once however often they are sent, and nothing lost between two."""

from datetime import timedelta

import pytest
from flask import Flask

from app.events.models import Event
from app.extensions import db
from app.languages.captions import cues, desk
from app.languages.models import CaptionCue, CaptionStream, CueState, Linguist
from app.lib import clock
from tests.factories import make_event, make_linguist, make_session, make_stream


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event()


@pytest.fixture
def stream(event: Event) -> CaptionStream:
    return make_stream(make_session(event))


@pytest.fixture
def ana(event: Event) -> Linguist:
    return make_linguist(event, name="Ana")


@pytest.fixture
def boris(event: Event) -> Linguist:
    return make_linguist(event, name="Boris")


def lines(stream: CaptionStream) -> list[str]:
    return [cue.text for cue in cues.spoken(stream)]


def refusal(of, *args, **kwargs) -> str:
    with pytest.raises(cues.Refused) as refused:
        of(*args, **kwargs)
    return str(refused.value.sentence)


def test_who_writes_at_a_free_desk_is_on_air_and_nobody_else_begins_a_line(stream, ana, boris) -> None:
    desk.write(stream, ana, "a1", "Good morning.")
    assert stream.on_air is ana
    assert refusal(desk.write, stream, boris, "b1", "Hello.") == "Ana is on air. Ask them to hand over to you."
    assert refusal(desk.take, stream, boris) == "Ana is on air. Ask them to hand over to you."
    assert lines(stream) == ["Good morning."]


@pytest.mark.both_databases
def test_the_desk_is_handed_over_when_the_colleague_takes_it(stream, ana, boris) -> None:
    desk.take(stream, ana)
    assert refusal(desk.offer, stream, boris, boris) == "Only who is on air can hand over."
    desk.offer(stream, ana, boris)
    desk.write(stream, ana, "a1", "Still Ana.")
    desk.take(stream, boris)
    assert (stream.on_air, stream.offered_to) == (boris, None)
    desk.write(stream, boris, "b1", "Now Boris.")
    assert lines(stream) == ["Still Ana.", "Now Boris."]


def test_an_offer_can_be_declined_and_taken_back(stream, ana, boris) -> None:
    desk.take(stream, ana)
    desk.offer(stream, ana, boris)
    desk.decline(stream, boris)
    assert not desk.is_open_to(stream, boris)
    desk.offer(stream, ana, boris)
    desk.offer(stream, ana, None)
    assert not desk.is_open_to(stream, boris)
    assert stream.on_air is ana


def test_a_colleague_takes_over_from_who_is_not_heard_any_more(stream, ana, boris) -> None:
    desk.take(stream, ana)
    with clock.stopped_at(clock.now() + desk.PATIENCE):
        assert not desk.is_open_to(stream, boris)
        desk.hear(stream, ana)
    with clock.stopped_at(clock.now() + 2 * desk.PATIENCE):
        assert not desk.is_open_to(stream, boris)
    with clock.stopped_at(clock.now() + 2 * desk.PATIENCE + timedelta(seconds=1)):
        desk.take(stream, boris)
    assert stream.on_air is boris


def test_who_coordinates_may_take_over_at_once(event, stream, ana) -> None:
    desk.take(stream, ana)
    chief = make_linguist(event, coordinates=True)
    desk.take(stream, chief)
    assert stream.on_air is chief


@pytest.mark.both_databases
def test_a_line_that_is_sent_twice_stands_once(stream, ana) -> None:
    first = desk.write(stream, ana, "a1", "Good", partial=True)
    desk.write(stream, ana, "a1", "Good morning", partial=True)
    assert lines(stream) == []
    assert desk.write(stream, ana, "a1", "Good morning.") is first
    version = stream.version
    assert desk.write(stream, ana, "a1", "Good morning.") is first
    assert desk.write(stream, ana, "a1", "Good morn", partial=True) is first  # Came late.
    assert (lines(stream), stream.version) == (["Good morning."], version)


def test_two_people_whose_browsers_chose_the_same_name_have_two_lines(stream, ana, boris) -> None:
    desk.write(stream, ana, "1", "From Ana.")
    desk.leave(stream, ana)
    desk.write(stream, boris, "1", "From Boris.")
    assert lines(stream) == ["From Ana.", "From Boris."]


def test_an_unfinished_line_stays_when_the_desk_changes_hands_and_can_be_finished(stream, ana, boris) -> None:
    desk.write(stream, ana, "a1", "As I was", partial=True)
    desk.offer(stream, ana, boris)
    desk.take(stream, boris)
    desk.write(stream, boris, "b1", "Thank you.")
    assert lines(stream) == ["As I was", "Thank you."]
    desk.write(stream, ana, "a1", "As I was sa", partial=True)
    desk.write(stream, ana, "a1", "As I was saying.")
    assert lines(stream) == ["As I was saying.", "Thank you."]


def test_words_for_a_line_that_was_corrected_meanwhile_are_handed_back(stream, ana, boris) -> None:
    cue = desk.write(stream, ana, "a1", "As I was", partial=True)
    desk.leave(stream)
    desk.correct(cue, boris, "As they were")
    said = refusal(desk.write, stream, ana, "a1", "As I was saying.")
    assert said == "Boris changed this line meanwhile: “As they were”. Look whether it says all."
    assert lines(stream) == ["As they were"]


def test_everyone_corrects_and_withdraws_but_not_what_is_being_typed(stream, ana, boris) -> None:
    done = desk.write(stream, ana, "a1", "Good mourning.")
    desk.correct(done, boris, "Good morning.", was="Good mourning.")
    assert (done.text, done.linguist, done.corrected_by) == ("Good morning.", ana, "Boris")
    typed = desk.write(stream, ana, "a2", "I am", partial=True)
    assert refusal(desk.correct, typed, boris, "You are") == "This line is still being typed."
    assert refusal(desk.withdraw, typed, boris) == "This line is still being typed."
    desk.withdraw(typed, ana)
    desk.withdraw(done, boris)
    assert lines(stream) == []


@pytest.mark.both_databases
def test_of_two_corrections_at_once_the_second_is_told(stream, ana, boris) -> None:
    cue = desk.write(stream, ana, "a1", "Good mourning")
    desk.correct(cue, ana, "Good morning.", was="Good mourning")
    assert "Ana changed this line meanwhile" in refusal(desk.correct, cue, boris, "Good evening", was="Good mourning")
    desk.correct(cue, boris, "Good morning.", was="Good mourning")  # The same, or sent twice.
    assert lines(stream) == ["Good morning."]


def spoken_source(event: Event, ana: Linguist, *texts: str) -> list[CaptionCue]:
    source = make_stream(make_session(event), "ro")
    return [desk.write(source, ana, f"s{n}", text) for n, text in enumerate(texts)]


@pytest.mark.both_databases
def test_translations_stand_in_the_order_of_their_sources(event, stream, ana) -> None:
    said = spoken_source(event, ana, *"abcdefgh")
    for n in (0, 7, 3, 1, 2, 5, 4, 6):
        desk.write(stream, ana, f"t{n}", said[n].text.upper(), source=said[n])
    assert lines(stream) == list("ABCDEFGH")


def test_a_translation_knows_which_words_it_translates(event, stream, ana, boris) -> None:
    [said] = spoken_source(event, ana, "Bună ziua")
    done = desk.write(stream, ana, "t1", "Good day", source=said)
    assert (done.source_id, done.source_version) == (said.id, said.version)
    assert "“Good day”" in refusal(desk.write, stream, ana, "t2", "Hello", source=said)
    desk.correct(said, boris, "Bună seara")
    assert done.source_version < said.version
    desk.correct(done, ana, "Good evening", source_version=said.version)
    assert done.source_version == said.version


def test_the_rows_that_the_pages_read_are_those_that_were_written(stream, ana) -> None:
    cue = desk.write(stream, ana, "a1", "Good morning.")
    db.session.commit()
    db.session.expire_all()
    assert (cue.state, cue.line, cue.stream.heard_at) == (CueState.FINAL, "a1", clock.now())
