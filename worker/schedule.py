"""The beat table: which sweep runs how often, in seconds. A sweep not taken by its next turn expires."""

from typing import Any

AT_ONCE = 2
"""How many of the same sweep a worker has under way: the second goes on where the first is held up."""


def every(seconds: float, task: str) -> dict[str, Any]:
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep mail": every(5, "sweep_mail"),
    "sweep reminders": every(30, "sweep_reminders"),
    "write messages": every(5, "write_messages"),
    "serve waiting lists": every(30, "serve_waiting_lists"),
    "sweep jobs": every(2, "sweep_jobs"),
    "relay captions": every(1, "relay_captions"),
    "translate captions": every(1, "translate_captions"),
    "read inbox": every(60, "read_inbox"),
    "begin drafts": every(60, "begin_drafts"),
    "forget old jobs": every(3600, "forget_old_jobs"),
    "forget old post": every(24 * 3600, "forget_old_post"),
    "delete kept data": every(24 * 3600, "delete_kept_data"),
    "follow zones": every(24 * 3600, "follow_zones"),
    "forget unused files": every(24 * 3600, "forget_unused_files"),
}
