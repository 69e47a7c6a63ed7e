"""How many letters may leave in a minute: of the whole server, and to each domain; and which domains are left alone.

A row for each counts within the present minute. Whoever claims holds the row of the server while it looks and counts,
so any number of senders keep one limit together. Without a limit nothing is counted.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from app.extensions import db, insert_into
from app.lib import clock
from app.mail.models import Pace
from app.mail.service import domain_of

SERVER = ""
REST = timedelta(minutes=5)
"""For a domain that asks us to slow down."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Letters a minute; 0 is as many as go."""

    server: int = 0
    domain: int = 0
    domains: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.server or self.domain or any(self.domains.values()))

    def of(self, domain: str) -> int:
        return self.domains.get(domain, self.domain)


def limits(server: int, domains: str) -> Limits:
    """From MAIL_RATE and MAIL_DOMAIN_RATE. Raises ValueError, saying what is wrong."""
    if server < 0:
        raise ValueError(f"MAIL_RATE is {server}; write letters a minute, or 0")
    usual, named = 0, {}
    for part in filter(None, (part.strip() for part in domains.split(","))):
        domain, named_one, rate = part.rpartition("=")
        if not rate.strip().isdecimal() or (named_one and not domain.strip()):
            raise ValueError(f"MAIL_DOMAIN_RATE: {part!r} is no rate; write 100 or 100,gmail.com=60,mail.ru=30")
        if named_one:
            named[domain_of(f"@{domain.strip()}")] = int(rate)
        else:
            usual = int(rate)
    return Limits(server, usual, named)


class Room:
    """What may still go within this minute. Made inside the transaction that claims, which it keeps others out of."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._minute = int(clock.now().timestamp()) // 60
        _hold(SERVER)
        counted = sa.select(Pace.domain, Pace.used).where(Pace.minute == self._minute)
        self._used = Counter({row.domain: row.used for row in db.session.execute(counted)})
        self._taken: Counter[str] = Counter()

    @property
    def of_server(self) -> int | None:
        """None: as many as go."""
        if not self._limits.server:
            return None
        return max(0, self._limits.server - self._used[SERVER] - self._taken[SERVER])

    @property
    def full(self) -> list[str]:
        """Domains that can have no more."""
        return [domain for domain in self._used | self._taken if domain != SERVER and not self._has(domain)]

    def take(self, domain: str) -> bool:
        if self.of_server == 0 or not self._has(domain):
            return False
        self._taken.update((SERVER, domain))
        return True

    def _has(self, domain: str) -> bool:
        limit = self._limits.of(domain)
        return not limit or self._used[domain] + self._taken[domain] < limit

    def count(self) -> None:
        """Writes down what was taken."""
        if self._taken:
            add = insert_into(Pace).values(
                {"domain": sa.bindparam("named"), "minute": self._minute, "used": sa.bindparam("n")}
            )
            before = sa.case((Pace.minute == self._minute, Pace.used), else_=0)
            counted = {"minute": self._minute, "used": before + add.excluded.used}
            statement = add.on_conflict_do_update(index_elements=["domain"], set_=counted)
            db.session.execute(statement, [{"named": domain, "n": n} for domain, n in sorted(self._taken.items())])


def rest(ledger: sa.Connection, domain: str) -> None:
    """Nothing is claimed for the domain for a while."""
    until = clock.now() + REST
    statement = insert_into(Pace).values(domain=domain, minute=0, used=0, rests_until=until)
    statement = statement.on_conflict_do_update(index_elements=["domain"], set_={"rests_until": until})
    ledger.execute(statement)


def resting() -> sa.Select[str]:
    return sa.select(Pace.domain).where(Pace.rests_until > clock.now())


def forget_old() -> None:
    """A row for every domain that was ever written to is none that counts."""
    idle = sa.or_(Pace.rests_until.is_(None), Pace.rests_until < clock.now())
    old = Pace.minute < int(clock.now().timestamp()) // 60 - 60
    db.session.execute(sa.delete(Pace).where(idle, old))


def _hold(domain: str) -> None:
    """Its row is ours until the transaction ends; on SQLite all rows are."""
    statement = insert_into(Pace).values(domain=domain, minute=0, used=0)
    db.session.execute(statement.on_conflict_do_update(index_elements=["domain"], set_={"domain": domain}))
