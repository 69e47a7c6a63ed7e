"""What the reminders to the language team say, from the facts of the moment at which they are sent."""

from flask_babel import gettext as _

from app.languages import team_letters
from app.lib import clock
from app.lib.present import chosen
from app.mail.models import Letter
from app.mail.rendering import Content, Stale, compose, renders
from app.reminders.occasions import is_reminded_of
from app.reminders.team import REMINDER, on_day
from app.reminders.wording import span, times


@renders(REMINDER)
def _reminder(letter: Letter) -> Content:
    linguist = team_letters.addressed(letter)
    event, zone = linguist.event, team_letters.zone_of(linguist)
    if not is_reminded_of(event):
        raise Stale("the event does not take place any more")
    start = clock.from_timestamp(letter.payload["start"])
    those = on_day(linguist, start)
    if not those or those[0].starts_at != start:
        raise Stale("their day begins at another time now, or has nothing for them")
    if clock.now().timestamp() >= letter.payload["until"]:
        raise Stale("it is too late for this reminder")
    return compose(
        "reminders/mail/team", _("Language team: %(title)s, %(moment)s", title=chosen(event.title),
                                 moment=span(start, None, zone)),
        reply_to=team_letters.reply_address(event), event=event, linguist=linguist, zone=zone,
        duties=[(duty, times(duty.starts_at, duty.ends_at, zone, event)) for duty in those],
        page=team_letters.page_of(linguist),
    )  # fmt: skip
