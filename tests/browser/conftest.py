"""A real site (gunicorn, SQLite, a maildir) with the demonstration, and a real Chromium."""

import mailbox
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from app import create_app
from app.cli import main
from app.config import Config
from app.extensions import db
from app.lib import clock
from app.mail import outbox
from app.reminders import sweep
from tests.house.test_run import free_port

expect.set_options(timeout=20_000)  # How soon a page says something on a busy machine is nobody's assertion.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class LiveSite:
    url: str
    home: Path
    environment: dict[str, str]

    @contextmanager
    def inside(self) -> Iterator[Flask]:
        """An application of the site's own settings on its data, beside the one that serves."""
        app = create_app(vars(Config(self.environment)))
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()

    def polyforum(self, *words: str) -> str:
        """Runs a command on the site's data and gives what it printed."""
        done = CliRunner(env=self.environment).invoke(main, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    def sweep(self) -> None:
        """What the worker does in the next two minutes: reminders and news become letters, and these are sent."""
        with self.inside(), clock.stopped_at(clock.now() + timedelta(minutes=2)):
            sweep.sweep()
            db.session.commit()
            outbox.sweep()

    def letters(self, recipient: str) -> list[EmailMessage]:
        """All letters that a recipient ever got, the oldest first."""
        self.sweep()
        parser = BytesParser(policy=default)
        box = mailbox.Maildir(self.home / "mail", create=True)
        read = [parser.parsebytes(box.get_bytes(key)) for key in sorted(box.keys())]
        found = [letter for letter in read if recipient in str(letter["To"])]
        return sorted(found, key=lambda letter: letter["Date"].datetime)

    def link(self, letter: EmailMessage, words: str) -> str:
        """The first address in the plain text that has these words."""
        text = letter.get_body(("plain",)).get_content()
        found = re.search(rf"{re.escape(self.url)}/\S*{words}\S*", text)
        assert found, text
        return found[0]


@pytest.fixture(scope="session")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    home, port = tmp_path_factory.mktemp("site"), free_port()
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "POLYFORUM_HOME": str(home), "PORT": str(port), "BASE_URL": url, "REDIS_URL": "", "RATE_LIMITS": "off",
        "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    site = LiveSite(url, home, environment)
    site.polyforum("demo")
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "app:create_app()", "--worker-class", "gevent", "--bind",
         f"127.0.0.1:{port}", "--log-level", "warning"],
        env=environment,
    )  # fmt: skip
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(url + "/readyz", timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        yield site
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=DESKTOP, locale="en-GB", timezone_id="Europe/Kyiv", bypass_csp=True)
    yield context
    context.close()
