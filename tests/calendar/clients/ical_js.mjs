// Reads calendars with ical.js (Thunderbird's) and prints their entries as JSON. Arguments: ical.js, then files.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [library, ...files] = process.argv.slice(2);
const { default: ICAL } = await import(pathToFileURL(library).href);

function read(file) {
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, "utf-8")));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(zone);
  }
  return calendar.getAllSubcomponents("vevent").map((entry) => {
    const event = new ICAL.Event(entry);
    return {
      uid: event.uid,
      starts: event.startDate.toUnixTime(),
      ends: event.endDate.toUnixTime(),
      title: event.summary,
      text: event.description,
      place: event.location ?? "",
      status: entry.getFirstPropertyValue("status"),
      sequence: event.sequence,
    };
  });
}

console.log(JSON.stringify(files.map(read)));
