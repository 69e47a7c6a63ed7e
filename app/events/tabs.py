"""The tabs of an event's organisers' pages, in a few groups. Each room adds its own when the app is made."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from app.events.guard import allowed
from app.events.models import Event
from app.people.permissions import Action


class Group(enum.IntEnum):
    """In the order in which they stand; who may open none of its tabs does not see the group."""

    EVENT = 0
    PROGRAMME = 1
    LANGUAGES = 2
    PEOPLE = 3
    LETTERS = 4

    @property
    def label(self) -> str:
        return str({
            Group.EVENT: _l("Event"), Group.PROGRAMME: _l("Programme"), Group.LANGUAGES: _l("Languages"),
            Group.PEOPLE: _l("People"), Group.LETTERS: _l("Letters"),
        }[self])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tab:
    endpoint: str
    label: Any
    action: Action
    """Who may not do this does not see the tab."""
    group: Group
    order: int
    """Within the group."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A tab, or a group of them, as a link."""

    label: Any
    address: str
    is_here: bool
    """Whether the page at hand belongs to it."""


_tabs: dict[str, Tab] = {}


def add_tab(endpoint: str, label: Any, action: Action, group: Group, order: int) -> None:
    """Adds a page whose address names the event as `event`. Adding it again changes nothing."""
    _tabs[endpoint] = Tab(endpoint, label, action, group, order)


def tabs_of(event: Event) -> tuple[Sequence[Shown], Sequence[Shown]]:
    """The groups that the reader may open something of, each leading to its first tab; and the tabs of the one at
    hand."""
    mine = [tab for tab in _tabs.values() if allowed(event, tab.action)]
    addresses = {tab.endpoint: url_for(tab.endpoint, event=event.slug) for tab in mine}
    # The overview's address begins those of all others: the longest that fits is meant.
    here = max((address for address in addresses.values() if request.path.startswith(address)), key=len, default=None)
    groups, within = [], []
    for group, tabs in groupby(sorted(mine, key=lambda tab: (tab.group, tab.order)), lambda tab: tab.group):
        shown = [Shown(tab.label, addresses[tab.endpoint], addresses[tab.endpoint] == here) for tab in tabs]
        is_here = any(tab.is_here for tab in shown)
        groups.append(Shown(group.label, shown[0].address, is_here))
        if is_here:
            within = shown
    return groups, within
