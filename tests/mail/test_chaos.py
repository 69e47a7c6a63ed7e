"""Senders that are killed at random moments: what they leave is sent once by others, or shown as unsure."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.lib import clock
from app.mail import outbox
from app.mail.models import Letter, LetterState
from app.mail.outbox import LEASE
from app.mail.service import enqueue
from tests.conftest import NOON
from tests.mail.server import Post

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]

SCALE = 10 if os.environ.get("SOAK") else 1
LETTERS, KILLS = 45 * SCALE, 3 * SCALE

# The senders live in the tests' moment, and sweep until nothing is left for them.
SENDER = f"""
import datetime, os
from app import create_app
from app.lib import clock
from app.mail import outbox, rendering
from app.mail.rendering import Content
rendering._renderers["note"] = lambda letter: Content(subject="A note", text="Hello", html="<p>Hello</p>")
own = {{"SQLALCHEMY_DATABASE_URI": os.environ["TEST_DATABASE_URI"], "MAIL_URL": os.environ["TEST_MAIL_URL"]}}
with create_app(own).app_context(), clock.stopped_at(datetime.datetime.fromisoformat("{NOON.isoformat()}")):
    print("ready", flush=True)
    while outbox.sweep():
        pass
"""


def test_whoever_is_killed_whenever_no_letter_comes_twice_and_none_is_lost(app: Flask, post: Post) -> None:
    chance = random.Random(20200922)  # noqa: S311 - the same disorder each time
    post.pause = 0.01
    for number in range(LETTERS):
        enqueue("note", f"chaos:{number}", f"reader{number}@example.org", language="en")
    db.session.commit()
    environment = {
        **os.environ, "POLYFORUM_HOME": str(app.config["HOME"]), "TEST_MAIL_URL": app.config["MAIL_URL"],
        "TEST_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"],
    }  # fmt: skip

    for _ in range(KILLS):
        senders = [_sender(environment) for _ in range(2)]
        time.sleep(chance.uniform(0.02, 0.25))
        for sender in senders:
            sender.send_signal(signal.SIGKILL)
            sender.wait()
    with clock.stopped_at(NOON + LEASE * 2):
        while outbox.sweep():
            pass

    fates = Counter(db.session.scalars(sa.select(Letter.state)))
    came = Counter(post.recipients)
    unsure = set(db.session.scalars(sa.select(Letter.recipient).where(Letter.state == LetterState.UNSURE)))
    assert max(came.values()) == 1
    assert set(fates) <= {LetterState.SENT, LetterState.UNSURE}
    # Only what was in flight at a kill is unsure, one letter a sender; all others arrived.
    assert len(unsure) <= KILLS * 2
    assert {f"reader{number}@example.org" for number in range(LETTERS)} - set(came) <= unsure


def _sender(environment: dict[str, str]) -> "subprocess.Popen[str]":
    sender = subprocess.Popen([sys.executable, "-c", SENDER], env=environment, stdout=subprocess.PIPE, text=True)
    assert sender.stdout is not None
    assert sender.stdout.readline() == "ready\n"
    return sender
