"""The tabs of an event's organisers' pages. Each room adds its own when the app is made."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from app.events.guard import allowed
from app.events.models import Event
from app.people.permissions import Action


@dataclass(frozen=True, slots=True)
class Tab:
    endpoint: str
    label: Any
    action: Action
    """Who may not do this does not see the tab."""
    order: int


_tabs: dict[str, Tab] = {}


def add_tab(endpoint: str, label: Any, action: Action, order: int) -> None:
    """Adds a page whose address names the event as `event`. Adding it again changes nothing."""
    _tabs[endpoint] = Tab(endpoint, label, action, order)


def tabs_of(event: Event) -> list[tuple[Tab, str, bool]]:
    """The tabs that the reader may open: each with its address, and whether the page at hand belongs to it."""
    shown = sorted((tab for tab in _tabs.values() if allowed(event, tab.action)), key=lambda tab: tab.order)
    addresses = [url_for(tab.endpoint, event=event.slug) for tab in shown]
    # The overview's address begins those of all others: the longest that fits is meant.
    here = max((address for address in addresses if request.path.startswith(address)), key=len, default=None)
    return [(tab, address, address == here) for tab, address in zip(shown, addresses, strict=True)]
