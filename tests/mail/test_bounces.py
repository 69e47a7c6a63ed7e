"""Reports of real mail servers, as they came in over the years, at the return address of a letter."""

import re
from collections import Counter
from pathlib import Path

import pytest

from app.mail.bounces import Action, Report, guessed_report_of, report_of
from app.mail.complaints import MEANT, complaint_of
from app.mail.inbox import READ
from app.mail.incoming import Incoming

FAMILIES = {
    "lhost-postfix": {"gone": 17, "failed": 26, "ours": 22, "full": 4},
    "lhost-exchange2003": {"gone": 6},
    "lhost-exchange2007": {"gone": 3, "full": 1, "failed": 1, "ours": 2},
    "lhost-exim": {"gone": 5, "full": 2, "failed": 21, "ours": 11, "delayed": 2},
    "lhost-qmail": {"gone": 9, "full": 4, "failed": 5, "ours": 7},
    "lhost-gmail": {"gone": 2, "full": 2, "failed": 5, "ours": 2, "delayed": 4},
    "lhost-mailru": {"gone": 5, "full": 2, "failed": 2, "ours": 1},
    "lhost-yahoo": {"gone": 8, "full": 3, "failed": 1, "ours": 2},
    "rfc3834": {"none": 6},
    "is-not-bounce": {"none": 2},
}
"""What became of the reports of each kind of server. The rest is held to no more than sense."""
NO_BOUNCES = ("arf", "rfc3834", "is-not-bounce")


@pytest.fixture(scope="module")
def messages(shared: Path) -> list[tuple[str, Incoming]]:
    """The kind of server, by the name of the file, and what it wrote."""
    files = sorted((shared / "data/mail/bounces").rglob("*.eml"))
    if not files:
        pytest.skip("the collection of bounces is absent")
    return [(re.sub(r"(-\d+)?\.eml$", "", file.name), Incoming(file.read_bytes()[:READ])) for file in files]


def understood(incoming: Incoming) -> Report | None:
    return report_of(incoming) or guessed_report_of(incoming)


def fate(report: Report | None) -> str:
    if report is None:
        return "none"
    if report.action is not Action.FAILED:
        return report.action.value
    if report.names_no_mailbox:
        return "gone"
    return "full" if report.status.endswith(".2.2") else "failed" if report.counts else "ours"


def test_every_kind_of_server_is_understood(messages: list[tuple[str, Incoming]]) -> None:
    found: dict[str, Counter[str]] = {}
    for family, incoming in messages:
        found.setdefault(family, Counter())[fate(understood(incoming))] += 1
    assert len(messages) == 545
    assert {family: dict(found[family]) for family in FAMILIES} == FAMILIES
    of_servers = Counter[str]()
    for family, fates in found.items():
        if family not in NO_BOUNCES:
            of_servers += fates
    # Not understood are notices of a mail service in JSON, reports forwarded by people, and senders without a name.
    assert of_servers["none"] <= 12
    assert of_servers["gone"] >= 150


def test_nothing_that_a_person_wrote_is_taken_for_a_bounce(messages: list[tuple[str, Incoming]]) -> None:
    taken = [family for family, incoming in messages if family in NO_BOUNCES and understood(incoming) is not None]
    assert taken == []


def test_every_status_is_one_of_the_standard_and_every_reason_is_text(messages: list[tuple[str, Incoming]]) -> None:
    for family, incoming in messages:
        report = understood(incoming)
        if report is not None and report.action is not Action.ARRIVED:
            assert re.fullmatch(r"[45]\.\d{1,3}\.\d{1,3}", report.status), family
            assert len(report.said) <= 400


def test_complaints_are_told_from_reports_on_forgers(messages: list[tuple[str, Incoming]]) -> None:
    kinds = Counter(
        complaint.kind for family, incoming in messages
        if family == "arf" and (complaint := complaint_of(incoming)) is not None
    )  # fmt: skip
    assert kinds.keys() - MEANT == {"auth-failure"}
    assert kinds["abuse"] >= 10


@pytest.mark.parametrize(("status", "diagnostic", "gone", "counts"), [
    ("5.1.1", "user unknown", True, True),
    ("5.0.0", "550 5.1.1 user unknown", True, True),
    ("5.1.0", "550 5.1.0 sender rejected", False, True),
    ("5.0.0", "554 delivery error: This user doesn't have a yahoo.com account", True, True),
    ("5.2.2", "552 mailbox full", False, True),
    ("5.7.1", "550 5.7.1 user unknown to our policy", False, False),
    ("5.7.26", "550 unauthenticated", False, False),
    ("5.1.8", "553 sender's domain does not exist", False, False),
    ("4.4.7", "451 Message expired", False, True),
    ("5.1.10", "556 Recipient address has null MX", True, True),
])  # fmt: skip
def test_what_a_status_means_for_the_address(status: str, diagnostic: str, gone: bool, counts: bool) -> None:
    report = report_of(Incoming(
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
        b"Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; ana@example.org\nAction: failed\n"
        + f"Status: {status}\nDiagnostic-Code: smtp; {diagnostic}\n\n--b--\n".encode()
    ))  # fmt: skip
    assert report is not None
    assert (report.action, report.recipient) == (Action.FAILED, "ana@example.org")
    assert (report.names_no_mailbox, report.counts) == (gone, counts)


def test_a_version_or_an_address_of_the_network_is_no_status() -> None:
    text = b"From: MAILER-DAEMON@x\n\nhost 5.1.1.7 said at 192.5.1.1: no. Sendmail 5.1.1.2\n"
    report = guessed_report_of(Incoming(text))
    assert report is not None
    assert report.status == "5.0.0"
