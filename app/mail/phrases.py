"""What servers mean by words, where a report has no enhanced status code (RFC 3463)."""

import re

_WHO = "(user|recipient|address|mailbox|account|alias)"
_MEANT = {
    "5.1.1": (
        rf"{_WHO}s?\b.{{0,50}}?\b(unknown|not (found|exist|known|listed|valid)|does(n't| not) exist)",
        rf"{_WHO}s?\b.{{0,50}}?\b(no longer|invalid|unavailable)",
        rf"(unknown|invalid|no such|not a known|nonexist\w+|bad)\b.{{0,25}}\b{_WHO}",
        r"(has no|doesn't have an?) .{0,60}account", r"account (has been )?(deleted|closed)",
        r"no (local )?mailbox (here|by)", r"unrouteable address", r"isn't in my control", r"no such person",
        r"not our customer", r"not listed in",
    ),
    "5.2.2": (
        r"(mailbox|inbox|quota|storage|maildir)\b.{0,40}\b(full|exceed|over|too (large|big))", r"over\W?quota",
        r"(exceed|over)\w*\b.{0,40}\b(quota|storage|space)", r"\bis full\b", r"quota violation", r"disk quota",
    ),
    "5.2.1": (
        r"(mailbox|account|user|address)\b.{0,30}\b(disabled|inactive|suspended|not active|locked|expired)",
        r"(disabled|inactive) (mailbox|account|user)",
    ),
    "5.1.2": (
        r"(host|domain|(name|mail) server)\b.{0,40}\b(not found|unknown|(does(n't| not) |not )exist|lookup fail)",
        r"(unknown|no such|bad) (host|domain)", r"nxdomain", r"no mx record", r"MX records point to non-existent",
        r"couldn't find any host",
    ),
    "5.3.4": (r"(message|mail|size)\b.{0,30}\b(too (large|big|long)|exceeds?)\b",),
    "5.7.1": (
        r"\b(spam|blacklist|blocklist|blocked|banned|denied|spf|dkim|dmarc|virus|reputation)\b",
        r"\breject\w* .{0,30}polic|\bpolic(y|ies)\b",
    ),
    "5.4.7": (
        r"retry (time|timeout|limit)", r"too long", r"timed? ?out", r"could not be delivered for", r"expired",
        r"(days?|hours).{0,20}(queue|tried)", r"giving up", r"connection refused", r"no route", r"not reachable",
        r"could(n't| not).{0,30}(connect|establish)", r"did not accept our requests to connect",
    ),
}  # fmt: skip
"""The first that fits. Collected from reports of servers that people run."""
_PATTERNS = {
    status: re.compile("|".join(f"(?:{words})" for words in meant), re.IGNORECASE | re.DOTALL)
    for status, meant in _MEANT.items()
}
_DELAYED = re.compile(
    r"\b(delay(ed)?|has not yet been|will (be|continue|keep) (retr|try)|still (being|trying)"
    r"|no action is required|warning: )",
    re.IGNORECASE,
)


def meant_by(text: str) -> str | None:
    """The status that the words speak of, as if it were for good."""
    return next((status for status, words in _PATTERNS.items() if words.search(text)), None)


def speaks_of_delay(text: str) -> bool:
    return _DELAYED.search(text) is not None
