// What the buttons and keys of the workbench do, by the name that stands on the button.

import * as edits from "./workbench-edits.js";
import { say, writeTime } from "./workbench-text.js";

const SECOND = 1000;
const TENTH = 100;
const TIMES = new Set(["set-start", "set-end", "split", "merge", "insert", "shift", "stretch", "anchor",
  "start-earlier", "start-later", "end-earlier", "end-later", "make-gaps"]);
const PAGING = new Set(["back", "on", "back-little", "on-little"]);

export class Commands {
  #store;
  #list;
  #player;
  #sync;
  #original;
  #words;
  #announce;
  #limits;
  #gap;
  #anchors = [];
  #loops = false;

  constructor({ store, list, player, sync, original, words, announce, limits }) {
    [this.#store, this.#list, this.#player, this.#sync] = [store, list, player, sync];
    [this.#original, this.#words, this.#announce, this.#limits] = [original, words, announce, limits];
    this.#gap = limits.gap_ms ?? 0;
    const locked = document.getElementById("locked");
    locked?.addEventListener("change", () => {
      list.editor.isLocked = locked.checked;
      list.editor.isReadOnly = sync.state === "closed";
      list.draw();
    });
    list.editor.isLocked = locked?.checked ?? false;
    list.editor.isReadOnly = false;
    document.getElementById("rate").addEventListener("change", ({ target }) => { player.rate = Number(target.value); });
  }

  get follows() { return document.getElementById("follow").checked; }
  get #cue() { return this.#list.current; }

  // Keys that page through a document do so unless somebody writes, or plays.
  isFree(command, { target }) {
    return !PAGING.has(command) || target.closest(".cue-editor, .player") !== null;
  }

  run(command) {
    if (this.#isLocked(command)) return;
    const act = this[command.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())];
    const fault = act.call(this);
    if (typeof fault === "string") this.#announce(fault);
  }

  #isLocked(command) {
    const locked = TIMES.has(command) && this.#list.editor.isLocked;
    if (locked) this.#announce(this.#words.timesLocked);
    return locked;
  }

  // One field or more of a cue, typed; a start that passes the end takes it along.
  edit(cue, fields, stroke = "") {
    if (this.#sync.state === "closed") return this.#announce(this.#words.states.closed);
    const patches = "start" in fields ? edits.setStart(cue, fields.start) : [[cue, fields]];
    this.#store.change(patches, { stroke: stroke && `${stroke} ${cue.key}` });
  }

  // A step of several cues, as the edits answer them.
  apply(patches, { together = false, select = null, caret = null } = {}) {
    if (!patches) return this.#announce(this.#words.notPossible);
    if (this.#sync.state === "closed") return this.#announce(this.#words.states.closed);
    this.#store.change(patches, { together });
    this.#list.draw();
    document.getElementById("empty").hidden = edits.own(this.#store.cues).length > 0;
    if (select) this.#list.select(select, { caret });
  }

  selected() {
    const cue = this.#cue;
    if (!this.#player.isPlaying || !this.#isUnderThePlayhead(cue)) this.#player.seek(cue.start);
    if (this.#loops) this.#player.span = cue;
  }

  #isUnderThePlayhead = (cue) => cue.start <= this.#player.time && this.#player.time < cue.end;

  // Moving
  next() { this.#go(1); }
  previous() { this.#go(-1); }

  #go(by) {
    const cues = edits.own(this.#store.cues);
    const cue = cues[cues.indexOf(this.#cue) + by];
    if (cue) this.#list.select(cue);
    else this.#announce(by > 0 ? this.#words.lastCue : this.#words.firstCue);
  }

  nextWarning() { return this.#seekWarning(1); }
  previousWarning() { return this.#seekWarning(-1); }

  #seekWarning(by) {
    const cues = edits.own(this.#store.cues);
    const here = cues.indexOf(this.#cue);
    const isOpen = (cue) => cue.conflict || cue.fault || this.#list.findings(cue).length;
    const found = by > 0 ? cues.find((cue, at) => at > here && isOpen(cue)) : cues.findLast((cue, at) => at < here && isOpen(cue));
    if (!found) return this.#words.noWarning;
    this.#list.select(found);
    return this.#list.findings(found).join(" ");
  }

  // Here is where the recording is.
  here() {
    const { time } = this.#player;
    const cue = time === null ? null : edits.own(this.#store.cues).findLast((each) => each.start <= time);
    if (cue) this.#list.select(cue);
  }

  // Playing
  play() { return this.#player.isReady ? void this.#player.toggle() : this.#words.noMedia; }
  back() { this.#player.seek(this.#player.time - SECOND); }
  on() { this.#player.seek(this.#player.time + SECOND); }
  backLittle() { this.#player.seek(this.#player.time - TENTH); }
  onLittle() { this.#player.seek(this.#player.time + TENTH); }

  loop() {
    if (!this.#player.isReady) return this.#words.noMedia;
    this.#loops = !this.#loops;
    this.#player.span = this.#loops ? this.#cue : null;
    document.querySelector("[data-command=loop]").setAttribute("aria-pressed", String(this.#loops));
    if (!this.#loops) return undefined;
    this.#player.seek(this.#cue.start);
    if (!this.#player.isPlaying) this.#player.toggle();
  }

  // Times
  setStart() { return this.#atPlayhead((cue, time) => edits.setStart(cue, time)); }
  setEnd() { return this.#atPlayhead((cue, time) => edits.setEnd(cue, time)); }

  #atPlayhead(place) {
    if (this.#player.time === null) return this.#words.noMedia;
    if (!this.#cue) return undefined;
    const patches = place(this.#cue, this.#player.time);
    if (!patches) return this.#words.endsBeforeItBegins;
    this.apply(patches);
  }

  startEarlier() { this.apply(edits.setStart(this.#cue, this.#cue.start - TENTH)); }
  startLater() { this.apply(edits.setStart(this.#cue, this.#cue.start + TENTH)); }
  endEarlier() { this.apply(edits.setEnd(this.#cue, this.#cue.end - TENTH)); }
  endLater() { this.apply(edits.setEnd(this.#cue, this.#cue.end + TENTH)); }
  shift() { this.dialogs.shift(this.#cue); }

  // The first says where one cue is heard, the second where another one is, and all others come along.
  anchor() {
    if (this.#player.time === null) return this.#words.noMedia;
    this.#anchors = [...this.#anchors.filter(([cue]) => cue !== this.#cue), [this.#cue, this.#player.time]].slice(-2);
    if (this.#anchors.length < 2) return say(this.#words.anchored, { time: writeTime(this.#player.time) });
    this.stretch();
  }

  stretch() {
    const known = this.#anchors.sort(([a], [b]) => a.start - b.start);
    const cues = edits.own(this.#store.cues);
    this.dialogs.stretch(known.length ? known : [cues[0], cues.at(-1)].filter(Boolean).map((cue) => [cue, cue.start]));
    this.#anchors = [];
  }

  takeOver() {
    const patches = edits.takeOver(edits.own(this.#store.cues).map((cue) => [cue, this.#original.of(cue)]));
    return patches.length ? this.applyAll(patches) : this.#words.timesAlike;
  }

  // Cues
  split() {
    if (!this.#cue) return undefined;
    const patches = edits.split(this.#store, this.#cue, this.#list.editor.cursor, this.#player.time ?? -1, this.#gap);
    if (!patches) return this.#words.noSplit;
    this.apply(patches, { together: true, select: patches[1][0], caret: 0 });
  }

  merge() {
    if (!this.#cue) return undefined;
    const patches = edits.merge(this.#store, this.#cue);
    if (!patches) return this.#words.lastCue;
    this.apply(patches, { together: true, select: this.#cue });
  }

  insert() {
    const patches = edits.insert(this.#store, this.#cue, this.#player.time, this.#gap);
    this.apply(patches, { select: patches[0][0] });
  }

  delete() {
    if (!this.#cue) return undefined;
    const gone = this.#cue;
    const next = edits.following(this.#store, gone) ?? edits.own(this.#store.cues).at(-2);
    this.apply(edits.remove(gone), { select: next });
    return this.#words.deletedOne;
  }

  breakLines() {
    if (this.#cue) this.apply(edits.breakLines([this.#cue], this.#limits.line_length));
  }

  breakAll() {
    const long = edits.own(this.#store.cues).filter((cue) => cue.text.split("\n").some((line) => line.length > this.#limits.line_length));
    return this.applyAll(edits.breakLines(long, this.#limits.line_length));
  }

  makeGaps() { return this.applyAll(edits.makeGaps(this.#store, this.#gap)); }

  applyAll(patches) {
    this.apply(patches);
    this.#announce(say(this.#words.changed, { number: patches.length }));
  }

  // The draft
  replace() { this.dialogs.replace(); }
  help() { this.dialogs.help(); }
  undo() { return this.#turned(this.#store.undo()); }
  redo() { return this.#turned(this.#store.redo()); }

  #turned([cue]) {
    if (!cue) return this.#words.nothingToUndo;
    this.#list.draw();
    if (this.#store.cues.includes(cue)) this.#list.select(cue);
  }

  async save() {
    await this.#sync.now();
    this.#announce(say(this.#words.states[this.#sync.state], { number: this.#store.waiting.length }));
  }
}
