// The fields of one cue. What is typed goes to the store at once; what comes from there never moves the cursor.

import { readTime, typed, writeTime, written } from "./workbench-text.js";

const NUDGE_MS = 100;

export class Editor {
  #text;
  #times;
  #fault;
  #figures;
  #checks;
  #words;
  #change;
  #cue = null;
  isLocked = false; // Whether the times belong to the original.

  // `change(cue, {field: value}, stroke)` is called with what the person did.
  constructor(place, { words, checks, change }) {
    this.place = place;
    this.#words = words;
    this.#checks = checks;
    this.#change = change;
    this.#text = place.querySelector("textarea");
    this.#times = [...place.querySelectorAll("input")];
    this.#fault = place.querySelector(".error");
    this.#figures = place.querySelector(".cue-figures");
    this.#text.addEventListener("input", () => change(this.#cue, { text: written(this.#text.value) }, "text"));
    for (const field of this.#times) {
      field.addEventListener("change", () => this.#read(field));
      field.addEventListener("keydown", (event) => this.#nudge(event, field));
    }
  }

  get cursor() { return this.isWriting ? this.#text.selectionStart : -1; }
  get isWriting() { return document.activeElement === this.#text; }
  get isBusy() { return this.place.contains(document.activeElement); }

  set isReadOnly(is) { for (const field of [this.#text, ...this.#times]) field.readOnly = is || (this.isLocked && field !== this.#text); }

  show(cue, { anew = false } = {}) {
    this.#cue = cue;
    if (anew) this.#text.value = typed(cue.text);
    else if (written(this.#text.value) !== cue.text) this.#put(typed(cue.text));
    for (const field of this.#times) if (anew || document.activeElement !== field) this.#showTime(field);
    this.#figures.textContent = this.#checks.figures(cue, this.#words.figures);
    this.#say(cue.fault ?? "");
  }

  // Somebody else's text, with the cursor where it was among the words.
  #put(text) {
    const { value, selectionStart: at } = this.#text;
    let same = 0;
    while (same < at && value[same] === text[same]) same += 1;
    const place = same === at ? at : Math.max(same, text.length - (value.length - at));
    this.#text.value = text;
    if (this.isWriting) this.#text.setSelectionRange(place, place);
  }

  #showTime(field) {
    field.value = writeTime(this.#cue[field.name]);
    field.setAttribute("aria-invalid", "false");
  }

  #read(field) {
    const ms = readTime(field.value);
    const isGood = ms !== null && ms >= 0 && (field.name === "start" || ms > this.#cue.start);
    field.setAttribute("aria-invalid", String(!isGood));
    if (!isGood) return this.#say(ms === null ? this.#words.noTime : this.#words.endsBeforeItBegins);
    this.#change(this.#cue, { [field.name]: ms });
    this.#showTime(field);
  }

  #nudge(event, field) {
    const by = { ArrowUp: NUDGE_MS, ArrowDown: -NUDGE_MS }[event.key];
    if (event.key === "Enter" && !event.ctrlKey) this.#read(field);
    if (!by || field.readOnly || event.altKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    field.value = writeTime(Math.max(0, (readTime(field.value) ?? this.#cue[field.name]) + by));
    this.#read(field);
  }

  #say(fault) {
    this.#fault.textContent = fault;
    this.#fault.hidden = !fault;
  }

  focus(caret = null) {
    this.#text.focus({ preventScroll: true });
    if (caret !== null) this.#text.setSelectionRange(caret, caret);
  }

  leave() {
    this.place.remove();
  }
}
