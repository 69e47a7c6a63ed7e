"""The language teams of the demonstration: all made up, and nobody writes to them."""

from typing import NamedTuple

from app.cli.demo import making
from app.events.models import Event
from app.extensions import db
from app.languages.models import Availability, Grade, Linguist, LinguistLink, LinkPurpose, Skill, TrackKind
from app.mail.models import Grounds
from app.mail.suppression import suppress

INTERPRETATION, CAPTIONS, SUBTITLES, SIGN = TrackKind
Team = dict[str, Linguist]
"""By name."""


class Member(NamedTuple):
    name: str
    mailbox: str
    language: str
    """In which pages and letters speak to them."""
    zone: str
    crafts: tuple[TrackKind, ...]
    languages: str
    """As the team's own table writes them: `ro:A en:B`."""
    hours: tuple[tuple[int, int, int], ...] = ()
    """Day of the event, and from which hour to which of its clock; empty: always."""
    coordinates: bool = False


ALL_DAYS = tuple((day, 8, 19) for day in range(4))
OCCUPY: tuple[Member, ...] = (
    Member("Ilinca Stan", "ilinca.stan", "ro", "Europe/Bucharest", (INTERPRETATION,), "ro:A en:B", ALL_DAYS),
    Member("Radu Mureșan", "radu.muresan", "ro", "Europe/Bucharest", (INTERPRETATION,), "ro:A en:B ru:C", ALL_DAYS),
    Member("Doina Cebotari", "doina.cebotari", "ro", "Europe/Chisinau", (INTERPRETATION,), "ro:A ru:A en:C", ALL_DAYS[:2]),
    Member("Илья Громов", "ilya.gromov", "ru", "Asia/Almaty", (INTERPRETATION, SUBTITLES), "ru:A en:B", ALL_DAYS[:3]),
    Member("Тамара Белова", "tamara.belova", "ru", "Asia/Tbilisi", (INTERPRETATION,), "ru:A en:B"),
    Member("Nora Lind", "nora.lind", "en", "Europe/Stockholm", (CAPTIONS, SUBTITLES), "en:A ro:C"),
    Member("Marcus Bell", "marcus.bell", "en", "Europe/London", (CAPTIONS,), "en:A", ((2, 8, 19), (3, 8, 19))),
    Member("ليلى حداد", "layla.haddad", "en", "Africa/Tunis", (CAPTIONS, SUBTITLES), "ar:A en:B"),
    Member("Maria Toma", "maria.toma", "ro", "Europe/Bucharest", (SIGN,), "rms:A ro:A en:C", ALL_DAYS[:3]),
    Member("Mihaela Dinu", "mihaela.dinu", "ro", "Europe/Bucharest", (SUBTITLES,), "ro:A en:B", coordinates=True),
)  # fmt: skip
DIALOGUE: tuple[Member, ...] = (
    Member("Илья Громов", "ilya.gromov", "ru", "Asia/Almaty", (INTERPRETATION, SUBTITLES), "ru:A en:B"),
    Member("Helen Marsh", "helen.marsh", "en", "America/New_York", (INTERPRETATION,), "en:A ru:B", ((0, 7, 20),)),
    Member("Тамара Белова", "tamara.belova", "ru", "Asia/Tbilisi", (INTERPRETATION,), "ru:A en:B"),
    Member("Nora Lind", "nora.lind", "en", "Europe/Stockholm", (CAPTIONS, SUBTITLES), "en:A"),
    Member("ليلى حداد", "layla.haddad", "en", "Africa/Tunis", (CAPTIONS, SUBTITLES), "ar:A en:B"),
    Member("Mihaela Dinu", "mihaela.dinu", "ro", "Europe/Bucharest", (SUBTITLES,), "ro:A en:B", coordinates=True),
)  # fmt: skip


def enter(made: Event, members: tuple[Member, ...]) -> Team:
    with db.session.no_autoflush:
        found = {member.name: _linguist(made, member) for member in members}
    db.session.add_all(found.values())
    db.session.flush()
    return found


def _linguist(made: Event, member: Member) -> Linguist:
    email = f"{member.mailbox}@example.org"
    suppress(email, "made up for the demonstration", grounds=Grounds.BY_HAND)
    return Linguist(
        event=made, name=member.name, email=email, language=member.language, zone=member.zone,
        crafts=[craft.value for craft in member.crafts], coordinates=member.coordinates,
        skills=[Skill(language=tag, grade=Grade(grade)) for tag, _, grade in _pairs(member.languages)],
        availability=[
            Availability(starts_at=making.at(made, made.days[day], start), ends_at=making.at(made, made.days[day], end))
            for day, start, end in member.hours
        ],
        links=[LinguistLink(purpose=purpose) for purpose in LinkPurpose],
    )  # fmt: skip


def _pairs(languages: str) -> list[tuple[str, str, str]]:
    return [pair.partition(":") for pair in languages.split()]
