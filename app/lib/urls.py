"""Addresses that leave the site: in letters, feeds and exports."""

from flask import current_app, url_for


def absolute(endpoint: str, **values: object) -> str:
    """The address of a page as the public reaches it: from BASE_URL, whatever host a request named."""
    base: str = current_app.config["BASE_URL"]
    root = current_app.config["APPLICATION_ROOT"].rstrip("/")
    path = url_for(endpoint, _external=False, **values)  # type: ignore[arg-type]
    return base + path.removeprefix(root)
