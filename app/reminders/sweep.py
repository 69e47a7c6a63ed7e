"""Finds the letters that are due and writes them into the outbox, each once, however often and wherever it runs.

Reminders are rows that a sweep finds and never tasks with a distant moment: a broker may lose or repeat such a task,
and it would know nothing of a session that has moved since.
"""

from app.extensions import db
from app.reminders import event_rules, languages, news, recordings, session_rules, team


def sweep() -> None:
    """What has happened is told first; then what each event's rules say, each event in a transaction of its own, so
    that nobody waits for the letters of all. Letters are looked at again when they are sent, so it does no harm that an
    organiser changes a rule in between."""
    for tell in (news.tell, languages.tell):
        tell()
        db.session.commit()
    for rules in (event_rules, session_rules):
        for event, of_event in rules.due().items():
            rules.write(event, of_event)
            db.session.commit()
    for write in (recordings.write, team.remind):
        write()
        db.session.commit()
