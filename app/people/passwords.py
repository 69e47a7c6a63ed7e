"""Passwords are kept as argon2id hashes."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 200

# OWASP's parameters for a server: 19 MiB a try, so that a crowd signing in at once fits beside the rest.
hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str) -> str:
    return hasher.hash(password)


def fits(password: str, kept: str) -> bool:
    """Whether the password is the one of the hash `kept`."""
    try:
        return hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def pretend(password: str) -> None:
    """The work of `fits` for nothing, so that time does not tell whether there is an account."""
    fits(password, _nobodys())


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return hasher.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return hasher.hash("the password of nobody")
