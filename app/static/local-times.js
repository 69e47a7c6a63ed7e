// Shows the reader's own time beside each time of the page, with the date where it is another day,
// and offers the device's zone first in the choice of zones. Without it the form does the same.

const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
// English as the pages write its dates, which is not that of the United States.
const language = document.documentElement.lang.replace(/^en$/, "en-150");
const note = document.querySelector("[data-local-times]");
const select = document.querySelector("select[data-zones]");

const formatter = (options, zone) => new Intl.DateTimeFormat(language, { ...options, timeZone: zone });
const hour = { hour: "numeric", minute: "2-digit" };
const dayAndHour = { ...hour, weekday: "short", day: "numeric", month: "short" };

function showLocalTimes(zone, text) {
  const wall = { ...hour, day: "numeric", month: "numeric" };
  const [there, here] = [formatter(wall, zone), formatter(wall, own)];
  const [time, day] = [formatter(hour, own), formatter(dayAndHour, own)];
  const date = (format, moment) => format.formatToParts(moment).find((part) => part.type === "day").value;
  for (const element of document.querySelectorAll("main time[datetime]:not([data-begins])")) {
    // An end that names its beginning is told as one span, behind the event's own.
    const { from } = element.dataset;
    const moment = new Date(from ?? element.dateTime);
    if (there.format(moment) === here.format(moment)) continue;
    const shown = date(there, moment) === date(here, moment) ? time : day;
    const added = document.createElement("span");
    added.className = "elsewhere";
    const told = from ? shown.formatRange(moment, new Date(element.dateTime)) : shown.format(moment);
    added.textContent = text.replace("{time}", told);
    (from ? element.parentElement.lastElementChild : element).after(" ", added);
  }
}

if (note && own && !new URLSearchParams(location.search).get("zone")) {
  showLocalTimes(note.dataset.zone, note.dataset.text);
}

if (select && own) {
  const known = [...select.options].find((option) => option.value === own);
  const option = known ?? new Option(own, own);
  option.text = select.dataset.text.replace("{zone}", known ? known.text : own);
  const chosen = select.value;
  select.options[0].after(option);
  select.value = chosen;
}
