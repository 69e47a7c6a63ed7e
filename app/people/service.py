"""Accounts: who they are, how they prove it, and who administers."""

import sqlalchemy as sa

from app.extensions import db
from app.lib import clock
from app.people import passwords
from app.people.audit import record
from app.people.models import Account


class LastAdministrator(Exception):  # noqa: N818 - a rule of the house, not a fault
    """The only administrator cannot be unmade: nobody could make another."""


def accounts() -> list[Account]:
    return list(db.session.scalars(sa.select(Account).order_by(Account.is_admin.desc(), Account.email)))


def by_address(email: str) -> Account | None:
    """The account of a normal address."""
    return db.session.scalar(sa.select(Account).where(Account.email == email))


def locked(account_id: int) -> Account | None:
    """The account as it is now, which no other transaction changes until this one ends."""
    return db.session.get(Account, account_id, with_for_update=True, populate_existing=True)


def ensure(email: str, *, by: Account | None, language: str, name: str = "", admin: bool = False) -> Account:
    """The account of a normal address, made if there is none; with `admin` it administers from now on."""
    account = by_address(email)
    if account is None:
        account = Account(email=email, name=name, language=language)
        db.session.add(account)
        db.session.flush()
        record(by, "account.created", subject(account), email=email)
    if admin:
        set_admin(account, True, by=by)
    return account


def by_password(email: str, password: str) -> Account | None:
    """The account that address and password belong to; the same work is done when there is none."""
    account = by_address(email)
    if account is None or account.password_hash is None:
        passwords.pretend(password)
        return None
    if not passwords.fits(password, account.password_hash):
        return None
    if passwords.is_outdated(account.password_hash):
        account.password_hash = passwords.hashed(password)
    return account


def signed_in(account: Account, way: str) -> None:
    """Notes that somebody came in as this account by `way`."""
    account.signed_in_at = clock.now()
    record(account, "account.signed-in", subject(account), way=way)


def end_sessions(account: Account) -> None:
    """Every link mailed and every session begun until now ends."""
    account.version += 1


def set_facts(account: Account, name: str, language: str, zone: str) -> None:
    account.name, account.language, account.zone = name, language, zone


def set_password(account: Account, password: str) -> None:
    account.password_hash = passwords.hashed(password)
    end_sessions(account)
    record(account, "account.password-set", subject(account))


def set_admin(account: Account, admin: bool, *, by: Account | None) -> None:
    """Makes or unmakes an administrator; raises LastAdministrator."""
    # Locked together, or two administrators could unmake each other at the same moment.
    query = sa.select(Account).where(Account.is_admin).with_for_update()
    administrators = db.session.scalars(query, execution_options={"populate_existing": True}).all()
    if account.is_admin == admin:
        return
    if not admin and len(administrators) == 1:
        raise LastAdministrator
    account.is_admin = admin
    action = "account.made-administrator" if admin else "account.unmade-administrator"
    record(by, action, subject(account), email=account.email)


def subject(account: Account) -> str:
    return f"account:{account.id}"
