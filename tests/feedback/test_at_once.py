"""What happens at the same moment: a form sent twice, and a promise that changes while somebody answers."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.feedback import questionnaire
from app.feedback.models import FeedbackForm, FeedbackQuestion, FeedbackReceipt, FeedbackReply
from app.people.models import Role
from tests.factories import grant, make_account, make_registration, sign_in
from tests.feedback.conftest import form_of

pytestmark = pytest.mark.both_databases


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Lets each begin when all are ready; what they answered."""
    ready, answers = Barrier(len(acts)), [None] * len(acts)

    def do(place: int) -> None:
        ready.wait()
        answers[place] = acts[place]()

    threads = [Thread(target=do, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def sending(app, address: str, **data: str) -> Callable[[], int]:
    return lambda: app.test_client().post(address, data={"promise": "anonymous"} | data).status_code


def number(model: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_of_a_form_sent_many_times_at_once_one_is_kept(app, event, sessions):
    person = make_registration(event)
    sent = at_once(*[sending(app, form_of(person), **{"event-useful": str(each % 5 + 1)}) for each in range(6)])
    assert sent == [302] * 6
    assert (number(FeedbackReply), number(FeedbackReceipt)) == (1, 1)


def test_the_first_replies_of_many_people_store_the_questions_once(app, event, sessions):
    people = [make_registration(event) for _ in range(6)]
    sent = at_once(*[sending(app, form_of(person), **{"event-useful": "4"}) for person in people])
    assert sent == [302] * 6
    assert (number(FeedbackForm), number(FeedbackQuestion), number(FeedbackReply)) == (1, 5, 6)


def test_nobody_who_was_promised_to_be_anonymous_is_stored_with_a_name(app, event, sessions):
    organiser, person = make_account(), make_registration(event)
    grant(event, organiser, Role.ORGANISER)
    browser = app.test_client()
    sign_in(browser, organiser)
    settings = f"/en/manage/events/{event.slug}/feedback/settings/"

    sent, switched = at_once(
        sending(app, form_of(person), **{"event-better": "Between us"}),
        lambda: browser.post(settings, data={"is_on": "y", "asks_sessions": "y", "days": "30"}).status_code,
    )

    db.session.rollback()
    db.session.expire_all()
    is_anonymous = questionnaire.form_of(event).is_anonymous
    # Whoever came first holds: the reply with its promise, or the organiser's change.
    assert (sent, switched, is_anonymous) in ((302, 422, True), (422, 302, False))
    assert db.session.scalars(sa.select(FeedbackReply.registration_id)).all() == ([None] if sent == 302 else [])
