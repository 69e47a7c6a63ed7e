"""What is common to all letters that come of a rule: whom they go to, and the organisers' own words in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.extensions import db
from app.lib.legible import legible
from app.lib.text import Picked
from app.mail.facts import shared
from app.mail.models import Letter
from app.mail.rendering import Content, Stale, compose
from app.reminders.facts import facts_of
from app.reminders.letters import reply_to
from app.reminders.models import Rule
from app.reminders.recipients import Recipient, recipient_of
from app.reminders.words import filled, filled_line
from app.schedule.models import EventSession


def rule_of(letter: Letter) -> Rule:
    rule = _rule(letter.payload.get("rule", 0))
    if rule is None or not rule.is_on:
        raise Stale("the organisers do not want it any more")
    if letter.payload["since"] != rule.payload["since"]:
        raise Stale("the organisers made it another letter")
    return rule


@shared
def _rule(number: int) -> Rule | None:
    return db.session.get(Rule, number)


def addressed(letter: Letter) -> tuple[Rule, Recipient]:
    rule = rule_of(letter)
    return rule, recipient_of(letter, rule)


@dataclass(frozen=True, slots=True)
class Frame:
    """A letter to be: its recipient, and the rule with what organisers wrote for it."""

    rule: Rule
    to: Recipient

    def compose(self, template: str, subject: str, sessions: Sequence[EventSession] = (), **context: Any) -> Content:
        """With the organisers' subject in the place of ours, and their words above the facts."""
        event, person = self.to.event, self.to.person
        facts = facts_of(self.to)
        own_subject, words = filled_line(self.rule.subject, person, facts), filled(self.rule.text, person, facts)
        return compose(
            f"reminders/mail/{template}", own_subject.text or subject, reply_to=reply_to(event),
            unsubscribe_url=self.to.unsubscribe_url, event=event, name=person.name, reason=self.to.reason,
            words=_marked(words), plain_words=legible(words.text), items=self.to.items(sessions), page=self.to.page,
            is_registered=self.to.is_registered, **context,
        )  # fmt: skip


def _marked(found: Picked) -> dict[str, str]:
    """As the filters of templates take it, which say which language it is when that is not the letter's."""
    return {found.language: found.text} if found.text else {}
