// The desk of somebody who captions or translates live. Without it the page is a plain form that sends a line at a time.

import { Line, Pair, place, say } from "./captioner-entries.js";
import { Held } from "./captioner-held.js";
import { listenToKeys } from "./captioner-keys.js";
import { Latency } from "./captioner-latency.js";
import { Queue, Store } from "./captioner-queue.js";
import { Throttle, Typing } from "./captioner-typing.js";

const find = (selector, inside = document) => inside.querySelector(selector);
const root = find("#desk");
const [list, pairs, panel, says, hearing] =
  ["#lines", "#pairs", "#desk-panel", "#desk-says", "#hearing"].map((id) => find(id));
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
const held = new Held(page, find("#held"), stand);
const latency = new Latency((seconds) => {
  const written = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(seconds);
  find("#desk-latency").textContent = say(words.latency, { seconds: written });
});

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
    if (entry instanceof Line && !entry.row.dataset.cue) entry.row.remove();
    else if (entry && act.act === "say") entry.clear();
    else entry?.settle({});
    return held.add(act, result.refused);
  }
  if (act.partial) return;
  entry?.settle(result);
  if (isForGood && result.cue) latency.sent(result.cue, result.version, act.at);
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

function listen(address, name) {
  if (!address) return;
  const source = new EventSource(`${address}?after=${known[name]}`);
  source.addEventListener("cue", (event) => {
    const version = Number(event.lastEventId);
    if (name === "after") latency.hear(JSON.parse(event.data).id, version);
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

const speakers = [...root.querySelectorAll("[data-speaker]")].map((button) => button.dataset.speaker);
const { go, nextOpen } = listenToKeys({ page, root, entries, typing, speakers, sendLine });
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
