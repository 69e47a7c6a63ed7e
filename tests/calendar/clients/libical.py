"""Reads calendars with libical (Evolution's and GNOME Calendar's) and prints their entries as JSON.

Runs in the interpreter of the system, which has its bindings. Arguments: files.
"""

import json
import sys
from pathlib import Path

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402 - after its version is chosen


def read(file):
    calendar = ICalGLib.Component.new_from_string(Path(file).read_text())
    assert calendar.count_errors() == 0, file
    return list(entries(calendar))


def entries(calendar):
    entry = calendar.get_first_component(ICalGLib.ComponentKind.VEVENT_COMPONENT)
    while entry is not None:
        place = entry.get_location()
        yield {
            "uid": entry.get_uid(),
            "starts": moment(entry.get_dtstart()),
            "ends": moment(entry.get_dtend()),
            "title": entry.get_summary(),
            "text": entry.get_description(),
            "place": place or "",
            "status": status(entry),
            "sequence": entry.get_sequence(),
        }
        entry = calendar.get_next_component(ICalGLib.ComponentKind.VEVENT_COMPONENT)


def moment(at):
    zone = at.get_timezone() if not at.is_utc() else ICalGLib.Timezone.get_utc_timezone()
    assert zone is not None, "a time without a zone"
    return at.as_timet_with_zone(zone)


def status(entry):
    names = {
        ICalGLib.PropertyStatus.CONFIRMED: "CONFIRMED",
        ICalGLib.PropertyStatus.TENTATIVE: "TENTATIVE",
        ICalGLib.PropertyStatus.CANCELLED: "CANCELLED",
    }
    return names[entry.get_status()]


if __name__ == "__main__":
    print(json.dumps([read(file) for file in sys.argv[1:]]))
