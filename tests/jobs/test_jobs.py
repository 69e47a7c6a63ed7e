"""Long work: done once, whoever dies; its progress beside its transaction; its page for its owner."""

import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.jobs import kinds, service
from app.jobs import sweep as sweeping
from app.jobs.kinds import Kind, Progress, Refused
from app.jobs.models import Job, JobState
from app.jobs.sweep import claim, sweep
from app.lib import clock, storage
from app.people.models import Organisation
from tests.conftest import NOON
from tests.factories import make_account, sign_in

pytestmark = pytest.mark.both_databases


def add(slug: str) -> None:
    db.session.add(Organisation(slug=slug, name={"en": slug}))
    db.session.flush()


def added() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(sa.select(Organisation.slug)))


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets a function do the work of the kind `test` from here on."""

    def register(work: Any, *, writes: bool = True) -> None:
        monkeypatch.setitem(kinds._kinds, "test", Kind(work, writes))

    return register


def started(by: int | None = None, **payload: Any) -> Job:
    job = service.start("test", by, title="A long piece of work", **payload)
    db.session.commit()
    return job


def again(job: Job) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, sa.inspect(job).identity[0], populate_existing=True)


def test_work_is_done_once_in_the_order_of_asking(app: Flask, does: Any) -> None:
    seen = []

    def work(job: Job, progress: Progress) -> None:
        seen.append(job.payload["slug"])
        add(job.payload["slug"])
        job.message, job.result = f"{job.payload['slug']} is added.", {"number": 1}

    does(work)
    first, second = started(slug="a"), started(slug="b")
    assert sweep() == {JobState.DONE: 2}
    assert sweep() == {}
    assert seen == ["a", "b"]
    assert added() == {"a", "b"}
    end = again(first)
    assert (end.message, end.result, end.finished_at) == ("a is added.", {"number": 1}, NOON)
    assert again(second).state is JobState.DONE


def test_what_cannot_be_done_says_why_and_leaves_nothing(app: Flask, does: Any) -> None:
    def refuse(job: Job, progress: Progress) -> None:
        add("half")
        raise Refused("Row 3 has no name.")

    def break_down(job: Job, progress: Progress) -> None:
        add("half")
        raise ZeroDivisionError("secret@example.org")

    does(refuse)
    refused = started()
    assert sweep() == {JobState.FAILED: 1}
    does(break_down)
    broken = started()
    assert sweep() == {JobState.FAILED: 1}
    assert added() == set()
    assert again(refused).message == "Row 3 has no name."
    assert again(broken).message == "Something went wrong on our side. Nothing was kept; try again."


def test_progress_is_seen_by_others_while_the_work_goes_on(app: Flask, does: Any) -> None:
    seen = []

    def work(job: Job, progress: Progress) -> None:
        progress(1, 2)
        with db.engine.execution_options(single=True).connect() as other:
            seen.append(other.execute(sa.select(Job.done, Job.total)).one())
        add("written")
        progress.next = 0  # type: ignore[attr-defined]
        progress(2, 2)  # On SQLite the file is locked by the work itself, and the word is not waited for.

    does(work, writes=True)
    started()
    assert sweep() == {JobState.DONE: 1}
    assert seen == [(1, 2)]
    assert added() == {"written"}


def test_work_that_only_reads_lets_others_write_meanwhile(app: Flask, does: Any) -> None:
    def other() -> None:
        with app.app_context():
            add("meanwhile")
            db.session.commit()

    def work(job: Job, progress: Progress) -> None:
        before = db.session.scalar(sa.select(sa.func.count(Organisation.id)))
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(5)
        assert not thread.is_alive()
        assert db.session.scalar(sa.select(sa.func.count(Organisation.id))) == before

    does(work, writes=False)
    started()
    assert sweep() == {JobState.DONE: 1}
    assert added() == {"meanwhile"}


def test_a_job_whose_worker_died_is_taken_again_and_given_up_the_third_time(app: Flask, does: Any) -> None:
    does(lambda job, progress: add(f"attempt-{job.attempts}"))
    job = started()
    assert claim() == (job.id, 1)
    assert claim() is None  # It is under way.
    with clock.stopped_at(NOON + timedelta(minutes=5)):
        assert claim() == (job.id, 2)
    with clock.stopped_at(NOON + timedelta(minutes=10)):
        assert sweep() == {JobState.DONE: 1}
    assert added() == {"attempt-3"}

    lost = started()
    for minutes in (0, 5, 10):
        with clock.stopped_at(NOON + timedelta(minutes=20 + minutes)):
            assert claim()
    with clock.stopped_at(NOON + timedelta(hours=1)):
        assert sweep() == {}
    assert again(lost).state is JobState.FAILED
    assert "begun several times" in again(lost).message


def test_who_lost_the_claim_leaves_nothing(app: Flask, does: Any) -> None:
    def slow(job: Job, progress: Progress) -> None:
        with clock.stopped_at(NOON + timedelta(minutes=5)):
            assert claim() == (job.id, 2)
        add("late")

    does(slow)
    job = started()
    assert sweep() == {JobState.CANCELLED: 1}
    assert added() == set()
    assert again(job).state is JobState.RUNNING


def test_a_stopped_worker_gives_the_job_back_at_once(app: Flask, does: Any) -> None:
    def stop(job: Job, progress: Progress) -> None:
        add("half")
        raise SystemExit

    does(stop)
    started()
    with pytest.raises(SystemExit):
        sweep()
    does(lambda job, progress: add("whole"))
    assert sweep() == {JobState.DONE: 1}
    assert added() == {"whole"}


def test_work_in_steps_goes_on_where_it_stopped(app: Flask, does: Any) -> None:
    def work(job: Job, progress: Progress) -> Iterator[None]:
        for number, slug in enumerate("abc"[job.done :], start=job.done + 1):
            add(slug)
            progress(number, 3)
            yield
            if job.attempts == 1:
                raise SystemExit

    does(work)
    started()
    with pytest.raises(SystemExit):
        sweep()
    assert added() == {"a"}
    assert sweep() == {JobState.DONE: 1}
    assert added() == {"a", "b", "c"}


def test_a_step_that_was_not_committed_is_not_said_to_be_done(app: Flask, does: Any) -> None:
    """A worker that is killed between the word and the commit: what it did then is done again."""

    def work(job: Job, progress: Progress) -> Iterator[None]:
        for number, slug in enumerate("ab"[job.done :], start=job.done + 1):
            db.session.commit()  # Nothing of ours keeps another connection from writing.
            progress(number, 2)
            if job.attempts == 1:
                raise SystemExit
            add(slug)
            yield

    does(work)
    started()
    with pytest.raises(SystemExit):
        sweep()
    assert sweep() == {JobState.DONE: 1}
    assert added() == {"a", "b"}


def test_two_at_a_time_and_no_more(app: Flask, does: Any) -> None:
    jobs = [started() for _ in range(4)]
    assert [claim(), claim(), claim()] == [(jobs[0].id, 1), (jobs[1].id, 1), None]


def test_old_jobs_go_with_their_files(app: Flask, does: Any) -> None:
    def work(job: Job, progress: Progress) -> None:
        job.file_key, job.file_name = storage.keep_apart(io.BytesIO(b"names"), "csv"), "names.csv"

    does(work)
    job = started()
    sweep()
    key = again(job).file_key
    assert storage.read(key) == b"names"
    assert service.forget_old() == 0
    with clock.stopped_at(NOON + timedelta(days=8)):
        assert service.forget_old() == 1
        db.session.commit()
    assert (storage.read(key), db.session.query(Job).count()) == (None, 0)


def test_no_file_outlives_the_job_that_names_it(app: Flask, does: Any) -> None:
    keys = []

    def work(job: Job, progress: Progress) -> None:
        keys.append(storage.keep_apart(io.BytesIO(b"names"), "csv"))
        job.file_key = keys[-1]
        if job.attempts == 1 and len(keys) == 1:
            service.cancel(db.session.get_one(Job, job.id))

    does(work)
    started()
    assert sweep() == {JobState.CANCELLED: 1}
    assert storage.read(keys[0]) is None
    job = started(by=7)
    sweep()
    job = again(job)
    job.subject = "event:3"
    db.session.commit()
    service.drop("event:3", by=8)
    assert db.session.get(Job, job.id) is not None
    service.drop("event:3", by=7)
    db.session.commit()
    assert storage.read(keys[1]) == b"names"
    with clock.stopped_at(datetime.now(UTC) + timedelta(days=2)):
        service.forget_old()
    assert storage.read(keys[1]) is None


def test_its_page_is_its_owners(app: Flask, client: FlaskClient, does: Any) -> None:
    def work(job: Job, progress: Progress) -> None:
        job.file_key, job.file_name = storage.keep_apart(io.BytesIO(b"names"), "csv"), "names.csv"

    does(work)
    owner = make_account()
    job = started(owner.id, came_from="/en/manage/")
    address = f"/en/manage/jobs/{job.id}/"
    for path in (address, f"{address}file/"):
        assert "/sign-in/" in client.get(path).location
    assert "/sign-in/" in client.post(f"{address}cancel/").location
    sign_in(client, make_account())
    assert [client.get(address).status_code, client.get(f"{address}file/").status_code] == [404, 404]
    assert client.post(f"{address}cancel/").status_code == 404
    sign_in(client, owner)
    assert client.put(address).status_code == 405
    waiting = client.get(address).text
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert "<progress" in waiting
    assert client.get(f"{address}file/").status_code == 404
    sweep()
    page = client.get(address).text
    assert "names.csv" in page
    assert "refresh" not in page
    file = client.get(f"{address}file/")
    assert (file.data, file.headers["Content-Disposition"]) == (b"names", "attachment; filename=names.csv")
    assert file.headers["Cache-Control"] == "private, no-store"
    sign_in(client, make_account(is_admin=True))
    assert client.get(address).status_code == 200


def test_it_is_given_up_before_or_while_it_runs(app: Flask, client: FlaskClient, does: Any) -> None:
    owner = make_account()
    sign_in(client, owner)
    job = started(owner.id)
    assert client.post(f"/en/manage/jobs/{job.id}/cancel/").status_code == 302
    assert "given up" in client.get(f"/en/manage/jobs/{job.id}/").text
    assert sweep() == {}

    def work(job: Job, progress: Progress) -> None:
        db.session.rollback()
        service.cancel(job)
        db.session.commit()
        add("half")
        db.session.rollback()
        progress(1, 2)

    does(work)
    running = started(owner.id)
    assert sweep() == {JobState.CANCELLED: 1}
    assert again(running).state is JobState.CANCELLED
    assert sweeping.claim() is None


def test_the_page_leads_to_what_came_of_it(app: Flask, client: FlaskClient, does: Any) -> None:
    does(lambda job, progress: None)
    owner = make_account()
    sign_in(client, owner)
    job = started(owner.id, leads_to="/en/manage/")
    sweep()
    assert client.get(f"/en/manage/jobs/{job.id}/").location == "/en/manage/"
