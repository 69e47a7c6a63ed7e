"""The bell: tells whoever waits, in this process and in the others, that something changed.

It carries a name and nothing else. What changed stands in the database, so a ring that is lost costs a moment and
never a fact: whoever waits also looks by itself from time to time. Rings go out after the commit, through Redis
where there is one.
"""

import threading
import time
from collections.abc import Callable

import redis
import sqlalchemy as sa
from flask import Flask, current_app, has_app_context
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import orm

CHANNEL = "polyforum:bell"
PATIENCE = 1.0
"""Seconds that a broker may take to answer."""
AGAIN = Retry(NoBackoff(), 1)
"""Once and at once, on a new connection: nobody who saves a page waits for a broker that is away."""
Listener = Callable[[str], None]


class Bell:
    """The extension: each application has its own `Ear`."""

    def init_app(self, app: Flask) -> None:
        app.extensions["bell"] = Ear(app.config["REDIS_URL"])

    def ring(self, session: orm.Session, name: str) -> None:
        """Rings once the transaction of the session is committed; not at all when it is rolled back."""
        session.info.setdefault("rings", set()).add(name)

    @property
    def ear(self) -> "Ear":
        found: Ear = current_app.extensions["bell"]
        return found


class Ear:
    """Who listens in this process, and the line to the others."""

    def __init__(self, url: str) -> None:
        self.is_connected = False
        """Whether rings of other processes are heard at the moment."""
        self._hears = False
        self._listeners: list[Listener] = []
        # A connection of its own for listening, since that waits; rings must not wait for it.
        self._redis = redis.Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=AGAIN
        ) if url else None  # fmt: skip
        self._url = url
        self._lock = threading.Lock()

    def listen(self, listener: Listener) -> None:
        """Calls `listener` with every name that is rung from here on, in whatever thread that may be."""
        with self._lock:
            begins = not self._hears and self._redis is not None
            self._hears = True
            self._listeners.append(listener)
        if begins:
            threading.Thread(target=self._hear, name="bell", daemon=True).start()

    def pass_on(self, names: set[str]) -> None:
        for listener in self._listeners:
            for name in names:
                listener(name)
        if self._redis is None:
            return
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                for name in names:
                    pipeline.publish(CHANNEL, name)
                pipeline.execute()
        except redis.RedisError:
            pass  # Listeners look by themselves while the broker is away.

    def _hear(self) -> None:
        while True:
            try:
                line = redis.Redis.from_url(self._url, health_check_interval=10, retry=AGAIN)
                with line as client, client.pubsub() as heard:
                    heard.subscribe(CHANNEL)
                    for message in heard.listen():
                        if message["type"] == "subscribe":
                            self.is_connected = True
                        elif message["type"] == "message":
                            for listener in self._listeners:
                                listener(message["data"].decode())
            except (redis.RedisError, OSError):
                self.is_connected = False
                time.sleep(1)


@sa.event.listens_for(orm.Session, "after_commit")
def _ring(session: orm.Session) -> None:
    if (names := session.info.pop("rings", None)) and has_app_context():
        bell: Ear = current_app.extensions["bell"]
        bell.pass_on(names)


@sa.event.listens_for(orm.Session, "after_rollback")
def _forget(session: orm.Session) -> None:
    session.info.pop("rings", None)
