"""What every answer has in common: the language in the address, the security headers, the pages for errors."""

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, abort, current_app, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import IntegerConverter, RequestRedirect
from werkzeug.security import safe_join

from app.lib import clock
from app.lib.conditional import ALWAYS_ASKED, IMMUTABLE, Rendered, Version, conditional

APP_FOLDER = Path(__file__).parent.parent
STATIC_FOLDER = APP_FOLDER / "static"
MIMETYPES = {
    ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml",
    ".vtt": "text/vtt", ".webm": "video/webm", ".png": "image/png", ".txt": "text/plain",
}  # fmt: skip
MEDIA = {".webm"}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' https:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LETTER_CSP = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
"""Of the frame in which organisers look at a letter. Mail clients read styles nowhere but on the elements, so a letter
has them there and needs `unsafe-inline`, which no page of ours has. It is for this document alone: `sandbox` takes
away its origin, its scripts and its forms, and it can load nothing."""
SECURITY_HEADERS = (
    ("Content-Security-Policy", CSP), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
)  # fmt: skip
NOT_KEPT = ("Cache-Control", "private, no-store")


class RowNumber(IntegerConverter):
    """The number of a row in an address; no row has a longer one, and SQLite would not even look for it."""

    regex = r"[0-9]{1,9}"


class Site(Flask):
    def log_exception(self, exc_info: Any) -> None:
        """Names the rule and not the address: whoever reads a private one may act as the person it belongs to."""
        self.logger.error("Exception on %s [%s]", request.url_rule, request.method, exc_info=exc_info)


def init_app(app: Flask) -> None:
    app.config["BUILD"] = _build()
    app.url_map.converters["int"] = RowNumber
    app.before_request(_refuse_null)
    app.before_request(_hear_out)
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.add_url_rule("/static/<path:name>", "static", _static)
    app.register_error_handler(HTTPException, _error_page)
    app.after_request(secure)


def language_prefix(app: Flask) -> str:
    """The first part of every page's address, for `url_prefix` of a blueprint of pages."""
    return f"/<any({','.join(app.config['LANGUAGES'])}):lang>"


def page_language() -> str:
    """The language of this page or letter: the address's, else the best that the reader asks for."""
    if language := g.get("lang"):
        return str(language)
    languages = current_app.config["LANGUAGES"]
    default: str = current_app.config["DEFAULT_LANGUAGE"]
    if not request:
        return default
    asked = request.args.get("lang", "") if request.endpoint else ""
    return asked if asked in languages else request.accept_languages.best_match(languages) or default


def asset(name: str) -> str:
    """The address of a static file; it changes with the file, so that browsers may keep it for ever."""
    stamps = current_app.extensions.setdefault("asset-stamps", {})
    if name not in stamps:
        stamps[name] = hashlib.blake2b((STATIC_FOLDER / name).read_bytes(), digest_size=6).hexdigest()
    return url_for("static", name=name, v=stamps[name])


def switch_language(language: str) -> str:
    """This same page in another language of the interface, with its query.

    A page that is kept for everyone says in `g.query` which parameters it was made from; what else was in the
    address of the one who asked first is nobody's business.
    """
    if request.endpoint is None or "lang" not in g:
        return f"{request.script_root}/{language}/"
    return _own_address(language, g.query if "query" in g else request.args)


def page_address(language: str) -> str:
    """The full address of this page in a language, for search engines and for sharing.

    A page that says the same at several addresses names in `g.canonical` the parameters that make a difference.
    """
    if "canonical" not in g or "lang" not in g:
        address = switch_language(language)
    else:
        address = _own_address(language, g.canonical)
    base: str = current_app.config["BASE_URL"]
    return base + address.removeprefix(request.script_root)


def _own_address(language: str, parameters: Mapping[str, str]) -> str:
    path = url_for(str(request.endpoint), **{**(request.view_args or {}), "lang": language})
    query = urlencode(list(MultiDict(parameters).items(multi=True)))
    return f"{path}?{query}" if query else path


def _refuse_null() -> None:
    """No name has a null character, which PostgreSQL would not even look for."""
    if "\0" in request.path or b"%00" in request.query_string:
        abort(404)


def _hear_out() -> None:
    """Reads JSON before anything is looked up, as forms are read for their token: a call that trickles in would
    hold a transaction meanwhile, and on SQLite with it everybody who wants to write."""
    if request.is_json:
        request.get_data()


def _take_language(_endpoint: str | None, values: dict[str, object] | None) -> None:
    if values and "lang" in values:
        g.lang = values.pop("lang")


def _give_language(endpoint: str, values: dict[str, object]) -> None:
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = page_language()


def _static(name: str) -> Response:
    path = safe_join(str(STATIC_FOLDER), name)
    file = Path(path) if path else None
    if file is None or not file.is_file() or file.suffix not in MIMETYPES:
        abort(404)
    if file.suffix in MEDIA:
        # With byte ranges (RFC 9110 §14), without which a player cannot be wound forward.
        return send_file(file, mimetype=MIMETYPES[file.suffix], conditional=True)
    changed_at = clock.from_timestamp(file.stat().st_mtime)
    version = Version(f"static:{name}", int(file.stat().st_mtime_ns), changed_at)
    return conditional(
        version, (), lambda: Rendered(file.read_bytes()), MIMETYPES[file.suffix],
        cache_control=IMMUTABLE if "v" in request.args else ALWAYS_ASKED,
    )  # fmt: skip


_static.authorisation = "public"  # type: ignore[attr-defined]


def _error_page(error: HTTPException) -> Response | tuple[str, int]:
    """A page in the reader's language; an address without a language leads to the same with the best one."""
    if isinstance(error, RequestRedirect) or (error.response is not None):
        return error.get_response()  # type: ignore[return-value]
    if isinstance(error, NotFound) and (target := _with_language()):
        response = redirect(target)
        response.vary.add("Accept-Language")
        return response  # type: ignore[return-value]
    status = HTTPStatus(error.code or 500)
    said = {
        400: gettext("The request could not be understood. Go back, reload the page and try once more."),
        403: gettext("You are signed in, but your role does not allow this."),
        404: gettext("There is nothing at this address. It may have been mistyped, or what was here is gone."),
        405: gettext("This address cannot be used in this way."),
        410: gettext("This link was revoked."),
        413: gettext("What you sent is too large."),
        429: gettext("Too many attempts from your network. Wait a minute and try again."),
    }.get(status, gettext("Something went wrong on our side. Nothing was saved; try again in a moment."))
    # Our own views may say it more precisely, in the reader's language.
    message = error.description if getattr(error, "for_reader", False) else said
    ask_link = getattr(error, "ask_link", "")
    return render_template("error.html", status=status, message=message, ask_link=ask_link), status


def _with_language() -> str | None:
    language = page_language()
    if request.method not in ("GET", "HEAD") or request.path.startswith(f"/{language}/") or "lang" in g:
        return None
    adapter = current_app.url_map.bind("")
    path = f"/{language}{request.path}"
    if not adapter.test(path, "GET"):
        path += "/"
        if path.endswith("//") or not adapter.test(path, "GET"):
            return None
    query = request.query_string.decode("ascii", "ignore")
    return request.script_root + path + (f"?{query}" if query else "")


def secure(response: Response) -> Response:
    for name, value in SECURITY_HEADERS if g.get("cacheable") else (*SECURITY_HEADERS, NOT_KEPT):
        if name not in response.headers:
            response.headers.add(name, value)
    return response


def framed_letter(html: str) -> Response:
    """A letter as a document of its own, to be looked at in a frame."""
    return Response(html, mimetype="text/html", headers={"Content-Security-Policy": LETTER_CSP})


def with_letter_frames(page: str) -> Response:
    """A page that shows such a frame."""
    return Response(page, mimetype="text/html", headers={"Content-Security-Policy": f"{CSP}; frame-src 'self'"})


def _build() -> str:
    """Changes with every change to code, templates or catalogues, since answers are made from these too."""
    stamp = hashlib.blake2b(digest_size=6)
    folders = (APP_FOLDER, APP_FOLDER.parent / "translations")
    for path in sorted(file for folder in folders for file in folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            status = path.stat()
            stamp.update(f"{path.name}{status.st_mtime_ns}{status.st_size}".encode())
    return stamp.hexdigest()
