// The desk of somebody who captions or translates live. Without it the page is a plain form that sends a line at a time.

import { Line, Pair, place, say } from "./captioner-entries.js";
import { Queue, Store } from "./captioner-queue.js";
import { Throttle, Typing } from "./captioner-typing.js";

const find = (selector, inside = document) => inside.querySelector(selector);
const root = find("#desk");
const [list, pairs, panel, held, says, hearing] =
  ["#lines", "#pairs", "#desk-panel", "#held", "#desk-says", "#hearing"].map((id) => find(id));
const words = root.dataset;
const LOOK = 3000;
const SIGN = 8000;
const SOON = 150;
const KEPT = 400;

const store = new Store(words.name);
const known = { after: Number(words.version), source_after: Number(words.sourceVersion) };
const entries = new Map(); // Row to entry.
let desk = null;

const throttle = new Throttle((act) => page.queue.pass(act, "typing"));
const page = {
  words, store,
  queue: new Queue(words.address, store, () => known, { done, state, ended, broken, mended, waiting }),
  drafts: {
    get: (key) => store.read("drafts", {})[key],
    keep(key, text) {
      const { [key]: _, ...others } = store.read("drafts", {});
      store.write("drafts", text === undefined ? others : { ...others, [key]: text });
    },
  },
  abbreviations: () => new Map(shortForms.value.split("\n").map((line) => /^(\S+)\s+(.+)$/u.exec(line.trim()))
    .filter(Boolean).map(([, short, long]) => [short.toLowerCase(), long])),
  mayType: () => !desk || desk.own || !desk.on_air,
  partial: (make) => throttle.ask(() => (page.mayType() && !page.queue.isBroken ? make() : null)),
  tell(text) {
    says.textContent = text;
  },
};

// Abbreviations, for every desk in this language.
const shortForms = find("#abbreviations");
const shelf = new Store("captions");
shortForms.value = shelf.read(`abbreviations ${words.locale}`, "");
shortForms.addEventListener("input", () => shelf.write(`abbreviations ${words.locale}`, shortForms.value));

const typing = new Typing(page, find("#text"));

// Lines ------------------------------------------------------------------------------------------------------------

for (const row of list.children) entries.set(row, new Line(page, row));
for (const row of pairs?.children ?? []) entries.set(row, new Pair(page, row));
for (const act of page.queue.acts) repeat(act);

function newRow(name) {
  const row = find(`#${name}`).content.firstElementChild.cloneNode(true);
  for (const part of ["cue", "line", "source", "state", "version", "place", "seq"]) delete row.dataset[part];
  return row;
}

/** What was done before the page was loaded anew, and that the site has not answered to. */
function repeat(act) {
  const entry = entryOf(act);
  if (act.act === "say" && !act.source && !entry) stand(act);
  else if (act.act === "withdraw") entry?.stand?.("withdrawn");
  else if (entry) {
    if (act.line) entry.row.dataset.line = act.line;
    entry.sent(act.text);
  }
}

/** A line that was typed here and that the site has not got yet. */
function stand({ line, text }) {
  const row = newRow("line-row");
  row.dataset.line = line;
  const entry = new Line(page, row);
  entries.set(row, entry);
  list.append(row);
  entry.sent(text);
  entry.stand("final");
  entry.name(words.me);
  follow(list);
}

const rowOf = (line) =>
  find(`#lines [data-cue="${line.cue}"]`) ?? (line.line && find(`#lines [data-line="${CSS.escape(line.line)}"]`));

function showLine(line) {
  if (line.source && pairs) {
    const entry = entries.get(find(`#pairs [data-source="${line.source}"]`));
    if (entry && line.version > entry.version) entry.show(line);
    return;
  }
  if (line.state === "partial" && line.line === typing.name) return;
  let row = rowOf(line);
  if (!row && line.state === "withdrawn") return;
  if (!row) {
    row = newRow("line-row");
    entries.set(row, new Line(page, row));
  }
  const entry = entries.get(row);
  if (line.version <= entry.version || (row.classList.contains("unsent") && line.state === "partial")) return;
  const follows = isAtEnd(list);
  entry.show(line);
  place(list, row, line);
  if (list.children.length > KEPT && !list.firstElementChild.contains(document.activeElement)) {
    list.firstElementChild.remove();
  }
  if (follows) follow(list);
}

function showSource(said) {
  let row = find(`#pairs [data-source="${said.cue}"]`);
  if (said.state === "partial") {
    hearing.innerHTML = said.html; // Escaped by the site.
    return;
  }
  hearing.textContent = "";
  find("[data-empty]")?.remove();
  if (!row && said.state === "withdrawn") return;
  if (row && said.state === "withdrawn" && entries.get(row).isOpen) return row.remove();
  const follows = isAtEnd(pairs);
  if (!row) {
    row = newRow("pair-row");
    row.dataset.source = said.cue;
    entries.set(row, new Pair(page, row));
  }
  entries.get(row).hear(said);
  place(pairs, row, said);
  if (follows) follow(pairs);
}

function isAtEnd(box) {
  return box.scrollHeight - box.scrollTop - box.clientHeight < 80;
}

function follow(box) {
  box.scrollTop = box.scrollHeight;
}

// To and from the site ---------------------------------------------------------------------------------------------

function done(act, result) {
  const entry = act.cue || act.line ? entryOf(act) : null;
  const isForGood = !act.partial && ["say", "correct", "withdraw"].includes(act.act);
  if (result.refused) {
    if (!isForGood || act.act === "withdraw") return page.tell(result.refused);
    store.write("held", [...store.read("held", []), { act, why: result.refused }]);
    if (entry instanceof Line && !entry.row.dataset.cue) entry.row.remove();
    else if (entry && act.act === "say") entry.clear();
    else entry?.settle({});
    return showHeld();
  }
  if (act.partial) return;
  entry?.settle(result);
  if (isForGood && result.cue) sent(result.cue, result.version, act.at);
}

function entryOf({ cue, line, source }) {
  if (source) return entries.get(find(`#pairs [data-source="${source}"]`));
  return entries.get(find(`[data-cue="${cue ?? "none"}"]`, root) ?? (line && find(`[data-line="${CSS.escape(line)}"]`, root)));
}

function state(answer) {
  for (const said of answer.source) showSource(said);
  for (const line of answer.lines) showLine(line);
  known.after = Math.max(known.after, answer.version);
  known.source_after = Math.max(known.source_after, answer.source_version);
  if (answer.isLate || JSON.stringify(answer.desk) === JSON.stringify(desk)) return;
  const [isFirst, hadFocus] = [!desk, panel.contains(document.activeElement)];
  desk = answer.desk;
  panel.innerHTML = answer.panel;
  if (hadFocus) (find("[data-key], button", panel) ?? typing.area).focus();
  root.classList.toggle("off-air", !page.mayType());
  const headline = find("[data-headline]", panel).textContent;
  find("#desk-air").textContent = headline;
  if (!isFirst) page.tell(headline);
}

function waiting(number) {
  find("#desk-waiting").textContent = number ? say(words.waiting, { number }) : words.sent;
}

function broken() {
  find("#desk-fault").hidden = false;
  find("#desk-fault").textContent = words.broken;
  waiting(page.queue.acts.length);
}

function mended() {
  find("#desk-fault").hidden = true;
  page.tell(words.back);
}

function ended() {
  find("#desk-fault").hidden = false;
  find("#desk-fault").textContent = words.ended;
}

function showHeld() {
  const all = store.read("held", []);
  held.hidden = !all.length;
  find("ul", held).replaceChildren(...all.map(({ act, why }, at) => {
    const row = find("#held-row").content.firstElementChild.cloneNode(true);
    const area = find("textarea", row);
    [area.value, find("[data-why]", row).textContent] = [act.text, why];
    const drop = () => {
      store.write("held", store.read("held", []).filter((_, other) => other !== at));
      showHeld();
      typing.area.focus();
    };
    find("[data-drop]", row).addEventListener("click", drop);
    find("[data-again]", row).addEventListener("click", () => {
      const { was, ...again } = act;
      const text = area.value.trim();
      drop();
      if (again.act === "say" && !again.source) stand({ ...again, text });
      page.queue.add({ ...again, text });
    });
    return row;
  }));
}

// How long a line takes to come back from where viewers read it.
const awaited = new Map();
const heard = new Map();

function sent(cue, version, at) {
  const back = heard.get(cue);
  if (back?.version >= version) showLatency(back.at - at);
  else awaited.set(cue, { version, at });
}

function hear(cue, version) {
  const from = awaited.get(cue);
  if (from?.version <= version) {
    awaited.delete(cue);
    showLatency(Date.now() - from.at);
  }
  if (heard.size > 50) heard.clear();
  heard.set(cue, { version, at: Date.now() });
}

function showLatency(ms) {
  const seconds = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(ms / 1000);
  find("#desk-latency").textContent = say(words.latency, { seconds });
}

function listen(address, name) {
  if (!address) return;
  const source = new EventSource(`${address}?after=${known[name]}`);
  source.addEventListener("cue", (event) => {
    const version = Number(event.lastEventId);
    if (name === "after") hear(JSON.parse(event.data).id, version);
    if (version > known[name]) setTimeout(() => version > known[name] && page.queue.refresh(), SOON);
  });
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(address, name), LOOK + Math.random() * LOOK);
  });
}

// What people do ---------------------------------------------------------------------------------------------------

function sendLine() {
  if (!typing.area.value.trim()) return;
  if (!page.mayType() && !typing.sentPartial) return page.tell(words.offAir);
  page.tell("");
  for (const { line, text } of typing.finish()) {
    stand({ line, text });
    page.queue.add({ act: "say", line, text });
  }
}

const fields = () => [...root.querySelectorAll("#pairs textarea, #lines textarea, #text")]
  .filter((area) => !area.readOnly && area.offsetParent);
const entryAt = (area) => entries.get(area.closest("#lines > li, #pairs > li"));

function go(area) {
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
  area.scrollIntoView({ block: pairs?.contains(area) ? "center" : "nearest" });
}

function step(from, by) {
  const all = fields();
  const next = all[all.indexOf(from) + by];
  if (next) go(next);
}

function nextOpen(from) {
  const open = [...(pairs?.children ?? [])].filter((row) => entries.get(row).isOpen);
  const after = open.find((row) => !from || from.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING);
  const row = after ?? open[0];
  if (row) go(find("textarea", row));
  else page.tell(words.noneOpen);
}

const WITH_A_KEY = {
  F2: () => step(typing.area, -1),
  F4: (area) => pairs && nextOpen(area?.closest("#pairs > li")),
  F8(area) {
    const lines = [...list.children].map((row) => entries.get(row));
    const entry = (area && entryAt(area)) ?? lines.findLast((line) => line.row.dataset.state === "final");
    entry?.withdraw();
    typing.area.focus();
  },
  F9: () => find("[data-key]", panel)?.click(),
};

const IN_A_FIELD = {
  Enter(area, event) {
    if (event.shiftKey) return false;
    const entry = entryAt(area);
    if (!entry) sendLine();
    else {
      entry.save();
      if (entry instanceof Pair) nextOpen(entry.row);
      else go(typing.area);
    }
    return true;
  },
  Escape(area) {
    entryAt(area)?.reset();
    go(typing.area);
    return true;
  },
  ArrowUp: (area) => area.selectionEnd === 0 || entryAt(area)?.isChanged === false && !area.value.includes("\n")
    ? (step(area, -1), true) : false,
  ArrowDown: (area) => area !== typing.area && area.selectionStart === area.value.length ? (step(area, 1), true) : false,
  "?"(area) {
    if (area !== typing.area || area.value) return false;
    const keys = find("#keys");
    keys.open = !keys.open;
    if (keys.open) keys.scrollIntoView({ block: "nearest" });
    return true;
  },
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const area = event.target.closest?.("#pairs textarea, #lines textarea, #text");
  const bare = !event.ctrlKey && !event.metaKey && !event.altKey;
  const digit = event.ctrlKey && !event.altKey && !event.shiftKey && /^Digit([1-9])$/.exec(event.code)?.[1];
  if (digit && speakers[digit - 1]) {
    event.preventDefault();
    typing.label(speakers[digit - 1], speakers);
  } else if (bare && !event.shiftKey && WITH_A_KEY[event.key]) {
    event.preventDefault();
    WITH_A_KEY[event.key](area);
  } else if (bare && area && IN_A_FIELD[event.key]?.(area, event)) event.preventDefault();
});

const speakers = [...root.querySelectorAll("[data-speaker]")].map((button) => button.dataset.speaker);
root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-speaker], #next-open");
  if (button?.dataset.speaker) typing.label(button.dataset.speaker, speakers);
  else if (button) nextOpen();
});

find("#type").addEventListener("submit", (event) => {
  event.preventDefault();
  sendLine();
  typing.area.focus();
});

panel.addEventListener("submit", (event) => {
  event.preventDefault();
  if (page.queue.isBroken) return page.tell(words.broken);
  page.queue.pass({ act: event.submitter.value, colleague: find("select", panel)?.value }, "move");
  if (event.submitter.value !== "leave") typing.area.focus();
});

// ------------------------------------------------------------------------------------------------------------------

root.classList.add("live");
for (const part of root.querySelectorAll("#speakers, #short-forms, #keys, #next-open")) part.hidden = false;
for (const box of [pairs, list]) if (box) follow(box);
listen(words.stream, "after");
listen(words.sourceStream, "source_after");
showHeld();
waiting(page.queue.acts.length);
page.queue.send();
addEventListener("online", () => page.queue.send());
setInterval(() => {
  if (page.queue.isBroken) return;
  if (desk?.own && Date.now() - page.queue.lastSent > SIGN) page.queue.send();
  else page.queue.refresh();
}, LOOK);
const begun = [...(pairs?.children ?? [])].find((row) => entries.get(row).isChanged);
if (begun) go(find("textarea", begun));
else if (pairs) nextOpen();
else go(typing.area);
