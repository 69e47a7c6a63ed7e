"""Addresses that leave the site: in letters, feeds and exports; and those that come from outside."""

import re

from flask import current_app, url_for


def absolute(endpoint: str, **values: object) -> str:
    """The address of a page as the public reaches it: from BASE_URL, whatever host a request named."""
    base: str = current_app.config["BASE_URL"]
    root = current_app.config["APPLICATION_ROOT"].rstrip("/")
    path = url_for(endpoint, _external=False, **values)  # type: ignore[arg-type]
    return base + path.removeprefix(root)


def without_language(endpoint: str, **values: object) -> str:
    """The same address for whoever reads what: it leads on to the page in the language of their browser."""
    default = current_app.config["DEFAULT_LANGUAGE"]
    base: str = current_app.config["BASE_URL"]
    return base + absolute(endpoint, lang=default, **values).removeprefix(base).removeprefix(f"/{default}")


def own_path(target: str | None) -> str | None:
    """`target` if a browser takes it for a page of this site, else None; for addresses that a link may set.

    A browser reads `//x`, `/\\x` and, since it drops tabs and line breaks, `/<tab>/x` as another site.
    """
    return target if target and re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", target) else None


def interface_language(tag: str) -> str:
    """The language of the interface for someone who reads `tag`: the same, its base language, else the default."""
    languages: tuple[str, ...] = current_app.config["LANGUAGES"]
    default: str = current_app.config["DEFAULT_LANGUAGE"]
    return next((language for language in (tag, tag.split("-")[0]) if language in languages), default)


def sender() -> str:
    """The mailbox that every letter comes from, with its name."""
    return str(current_app.config["MAIL_FROM"])
