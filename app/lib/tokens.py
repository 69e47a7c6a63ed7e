"""Unguessable names for private addresses."""

import secrets


def new_token() -> str:
    """192 random bits, safe in an address."""
    return secrets.token_urlsafe(24)
