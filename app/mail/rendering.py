"""Letters are written when they are sent, from the facts of that moment, by the room that owns their kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template

from app.mail.models import Letter, Priority
from app.mail.stencils import PREVIEW, is_stencil, made_out, made_out_html
from app.mail.styling import SELECTIVE, neat, preview, styled


class Stale(Exception):  # noqa: N818 - it is no error, it is news
    """Raised by a renderer whose letter would no longer be true or wanted; says why, and the letter is dropped."""


@dataclass(frozen=True, slots=True)
class Attachment:
    content: bytes
    mimetype: str
    """With parameters, such as `text/calendar; method=REQUEST; charset=utf-8`."""
    filename: str
    note: Callable[[], None] | None = None
    """Writes down that it was enclosed, when the letter is handed over: renderers themselves only read."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a renderer gives. Plain text and HTML say the same."""

    subject: str
    text: str
    html: str
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()
    unsubscribe_url: str = ""
    """RFC 8058: set on everything that is not about the recipient's own act."""

    def made_out(self, own: Mapping[str, str]) -> "Content":
        """To somebody, if it was written with stand-ins for what is their own; as if it had been written to them."""
        subject, text = made_out(self.subject, own), made_out(self.text, own)
        return replace(
            self, subject=subject, text=text, html=made_out_html(self.html, {**own, PREVIEW: preview(text, subject)}),
            unsubscribe_url=made_out(self.unsubscribe_url, own),
        )  # fmt: skip


Renderer = Callable[[Letter], Content]
_renderers: dict[str, Renderer] = {}
_priorities: dict[str, Priority] = {}
_fleeting: set[str] = set()


def renders(kind: str, priority: Priority = Priority.TIMELY, *, kept: bool = True) -> Callable[[Renderer], Renderer]:
    """Registers the renderer of a kind. It runs with the locale of the letter's language in force, beside letters that
    are written from the facts of the same moment (`facts`), and changes nothing. `kept`: a copy is kept of what it
    gives."""

    def register(renderer: Renderer) -> Renderer:
        _renderers[kind], _priorities[kind] = renderer, priority
        if not kept:
            _fleeting.add(kind)
        return renderer

    return register


def renderer_of(kind: str) -> Renderer:
    return _renderers[kind]


def priority_of(kind: str) -> Priority:
    return _priorities.get(kind, Priority.TIMELY)


def is_kept(kind: str) -> bool:
    return kind not in _fleeting


def compose(
    template: str,
    subject: str,
    *,
    reply_to: str = "",
    attachments: tuple[Attachment, ...] = (),
    unsubscribe_url: str = "",
    **context: Any,
) -> Content:
    """A letter from `<template>.txt` and `<template>.html`, which extend `mail/layout.txt` and `mail/layout.html`.

    Both fill the blocks `content` and `reason` (why one gets it) and find `subject` and `unsubscribe_url` beside the
    given context. What they share stands in `mail/parts.txt` and `mail/parts.html`.
    """
    context |= {"subject": subject, "unsubscribe_url": unsubscribe_url}
    text = neat(render_template(f"{template}.txt", **context))
    previewed = PREVIEW if is_stencil(text) else preview(text, subject)
    html = render_template(f"{template}.html", **context, preview=previewed, selective_styles=SELECTIVE)
    return Content(
        subject=subject,
        text=text,
        html=styled(html),
        reply_to=reply_to,
        attachments=attachments,
        unsubscribe_url=unsubscribe_url,
    )
