// The subtitle workbench: cues beside the recording, saved while one types, together with whoever else is here.

import { Checks } from "./workbench-checks.js";
import { Commands } from "./workbench-commands.js";
import { Dialogs } from "./workbench-dialogs.js";
import { own } from "./workbench-edits.js";
import { listen } from "./workbench-keys.js";
import { List } from "./workbench-list.js";
import { Original } from "./workbench-original.js";
import { Store } from "./workbench-store.js";
import { Sync } from "./workbench-sync.js";
import { say, writeTime } from "./workbench-text.js";
import { Player } from "./workbench-video.js";

const ORIGINAL_MS = 10_000;
const element = (id) => document.getElementById(id);

const bench = element("workbench");
const facts = JSON.parse(element("workbench-facts").textContent);
const { words } = facts;
const buttons = document.querySelectorAll("[data-command]");

const store = new Store();
const player = new Player(element("video"), facts.language);
const original = new Original(facts.original, facts.terms);
const sync = new Sync(store, { cues: facts.cues, page: location.href, csrf: bench.dataset.csrf, keep: facts.keep });
const checks = new Checks(facts.rules);
const list = new List(element("cues"), {
  store, original, words, checks, change: (cue, fields, stroke) => commands.edit(cue, fields, stroke),
});
const number = (cue) => own(store.cues).indexOf(cue) + 1;
const announce = (text) => { element("said").textContent = text; };
const commands = new Commands({ store, list, player, sync, original, words, announce, limits: facts.rules.limits });
commands.dialogs = new Dialogs({ store, words, number, buttons, apply: (patches) => commands.applyAll(patches) });

function showState() {
  const waiting = store.waiting.length;
  const state = element("state");
  const text = say(words.states[sync.state], { number: waiting });
  if (state.dataset.state === sync.state && state.textContent === text) return;
  const wasSaving = ["saving", "loading"].includes(state.dataset.state);
  Object.assign(state.dataset, { state: sync.state });
  state.textContent = text;
  // What is saved every few seconds is not said aloud each time; what is not, is.
  if (sync.state !== "saving" && !(sync.state === "saved" && wasSaving)) announce(text);
  list.editor.isReadOnly = sync.state === "closed";
}

function showPeople() {
  const names = sync.people.map(({ name, cue }) => {
    const at = store.byId(cue);
    return at ? say(words.personAt, { name, number: number(at) }) : name;
  });
  element("people").textContent = names.length ? say(words.people, { names: names.join(", ") }) : "";
  list.showPeople(sync.people);
}

// The cue under the playhead is marked, and followed while nobody writes.
function tick() {
  const { time } = player;
  if (time === null) return;
  element("clock").textContent = writeTime(time);
  list.play(own(store.cues).findLast((cue) => cue.start <= time && time < cue.end) ?? null, player.isPlaying && commands.follows && !list.editor.isBusy);
}

for (const type of ["edit", "news"]) store.addEventListener(type, ({ detail }) => detail.forEach((cue) => player.show(cue)));
sync.addEventListener("state", showState);
sync.addEventListener("people", showPeople);
original.addEventListener("change", () => list.drawAll());
list.addEventListener("select", () => {
  sync.at = list.current;
  commands.selected();
});
player.addEventListener("tick", tick);
player.addEventListener("ready", () => {
  bench.classList.add("has-media");
  if (list.current) player.seek(list.current.start);
});
player.addEventListener("fault", () => announce(words.cannotPlay));
element("file").addEventListener("change", ({ target }) => target.files[0] && player.open(target.files[0]));
addEventListener("focusout", ({ target }) => list.editor.place.contains(target) && sync.state === "saving" && sync.now());
listen(buttons, (command) => commands.run(command), (command, event) => commands.isFree(command, event));

element("more").open = matchMedia("(min-width: 56rem)").matches;

async function start() {
  try {
    await sync.start();
  } catch {
    return announce((element("state").textContent = words.cannotLoad));
  }
  await original.load().catch(() => {});
  setInterval(() => { if (!document.hidden) original.load().catch(() => {}); }, ORIGINAL_MS);
  list.draw();
  bench.classList.add("ready");
  element("empty").hidden = own(store.cues).length > 0;
  const asked = Number(/^#cue-(\d+)$/.exec(location.hash)?.[1]);
  const first = own(store.cues)[asked ? asked - 1 : 0];
  if (first) list.select(first, { focus: false, scroll: Boolean(asked) });
}

start();
