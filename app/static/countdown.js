// Counts down to one's own turn and to handing over, by the clock of the server: that of the device may be wrong or be set
// anew, so time is what the page said when it came, and what has passed since then. The page is asked again now and
// then, for turns that were changed and because a device that slept has missed time.

const PLACE = "#at-hand-turns";
const SAID_AT = [600, 300, 120, 60, 30, 10, 0];
const ASK_AGAIN = 60_000;
const FAR = 24 * 3600; // Seconds; for what is further away the date says more than a clock.

let ahead = 0; // What performance.now() must be given to be the server's time, in milliseconds.
let shown;
let spoken;
let last;

/** What comes next for whoever reads, at a moment: `{ key, until, name }`, the name being that of who takes over. */
export function next(turns, moment) {
  const mine = turns.findIndex((turn) => turn.mine && turn.ends > moment);
  if (mine < 0) return { key: "over" };
  const turn = turns[mine];
  if (turn.starts > moment) return { key: "turn", until: turn.starts };
  const end = turns.slice(mine).reduce((until, each) => (each.mine && each.starts <= until ? each.ends : until), turn.ends);
  const taker = turns.find((each) => !each.mine && each.starts >= end && each.starts - end < ASK_AGAIN);
  return taker ? { key: "handover", until: end, name: taker.name } : { key: "end", until: end };
}

/** 04:12, or 1:04:12. */
export function face(seconds) {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours, minutes, rest] = parts.map((part) => String(part).padStart(2, "0"));
  return parts[0] ? `${parts[0]}:${minutes}:${rest}` : `${minutes}:${rest}`;
}

function read(section) {
  return [...section.querySelectorAll("[data-starts]")].map((row) => ({
    starts: Date.parse(row.dataset.starts),
    ends: Date.parse(row.dataset.ends),
    mine: "mine" in row.dataset,
    name: row.textContent.trim(),
  }));
}

function show() {
  const section = document.querySelector("[data-countdown]");
  if (!section) return;
  if (shown?.parentElement !== section) {
    shown = Object.assign(document.createElement("p"), { className: "clock" });
    shown.setAttribute("role", "timer");
    section.append(shown);
  }
  const moment = performance.now() + ahead;
  const { key, until, name } = next(read(section), moment);
  const left = until === undefined ? 0 : Math.max(0, Math.ceil((until - moment) / 1000));
  const text = left > FAR ? "" : section.dataset[key].replace("{name}", name).replace("{time}", face(left));
  shown.textContent = text;
  shown.hidden = !text;
  section.classList.toggle("soon", key !== "over" && left <= 60);
  // A screen reader hears it now and then, not every second.
  const step = `${key} ${SAID_AT.findLast((at) => left <= at)}`;
  if (step !== last) spoken.textContent = text;
  last = step;
}

async function askAgain() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { cache: "no-store", redirect: "error" });
    const came = performance.now();
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(PLACE);
    if (!fresh) return;
    ahead = Number(fresh.dataset.now) - came;
    document.querySelector(PLACE).replaceWith(fresh);
    show();
  } catch {
    // Without a connection it goes on counting.
  }
}

const place = document.querySelector(PLACE);
if (place) {
  const [navigation] = performance.getEntriesByType("navigation");
  ahead = Number(place.dataset.now) - (navigation?.responseStart ?? performance.now());
  spoken = Object.assign(document.createElement("p"), { className: "visually-hidden" });
  spoken.setAttribute("role", "status");
  place.after(spoken);
  show();
  setInterval(show, 500);
  setInterval(askAgain, ASK_AGAIN);
  document.addEventListener("visibilitychange", askAgain);
}
