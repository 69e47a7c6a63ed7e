"""Finds the letters that are due and writes them into the outbox, each once, however often and wherever it runs.

Reminders are rows that a sweep finds and never tasks with a distant moment: a broker may lose or repeat such a task,
and it would know nothing of a session that has moved since.
"""

from app.reminders import event_rules, languages, news, recordings, session_rules, team


def sweep() -> None:
    """Flushes; the caller commits."""
    news.tell()
    languages.tell()
    event_rules.write()
    session_rules.write()
    recordings.write()
    team.remind()
