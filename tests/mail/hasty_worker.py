"""The worker as it is, but with senders that can be killed one by one, pauses of seconds where they are minutes, and a
kind of letter for tests."""

from datetime import timedelta

from app.mail import answers, batch, claims, pace, rendering
from app.mail.rendering import Content
from worker import watch
from worker.celery_app import celery, flask_app

__all__ = ["celery", "flask_app"]

celery.conf.worker_pool = "prefork"
watch.STANDSTILL = 20
claims.LEASE = batch.LEASE = timedelta(seconds=4)
answers.FIRST_PAUSE = answers.FIRST_PAUSE_ASKED_FOR = answers.LONGEST_PAUSE = timedelta(seconds=1)
pace.REST = timedelta(seconds=1)
rendering._renderers["note"] = lambda letter: Content("A note", "Hello", "<p>Hello</p>")
