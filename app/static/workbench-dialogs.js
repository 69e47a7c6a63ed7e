// What is asked before many cues change: how far, between which points, which words.

import { replacements, shift, stretch } from "./workbench-edits.js";
import { described } from "./workbench-keys.js";
import { element, readTime, say, typed, writeTime } from "./workbench-text.js";

const SHOWN = 100;
const find = (name) => document.getElementById(`dialog-${name}`);

// `apply(patches)` makes the changes and says how many; `number(cue)` is what people call a cue.
export class Dialogs {
  #store;
  #words;
  #apply;
  #number;

  constructor({ store, words, apply, number, buttons }) {
    Object.assign(this, { buttons });
    this.#store = store;
    this.#words = words;
    this.#apply = apply;
    this.#number = number;
    this.#listen("shift", () => this.#shift());
    this.#listen("stretch", () => this.#stretch());
    this.#listen("replace", () => this.#replace());
    find("replace").addEventListener("input", () => this.#preview());
    for (const close of document.querySelectorAll("dialog [data-close]")) close.addEventListener("click", () => close.closest("dialog").close());
  }

  // The form stays open while the answer to it is a fault.
  #listen(name, act) {
    find(name).querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      const fault = act();
      this.#fault(name, fault);
      if (!fault) find(name).close();
    });
  }

  #fault(name, text = "") {
    const place = find(name).querySelector(".error");
    place.textContent = text;
    place.hidden = !text;
  }

  #open(name) {
    this.#fault(name);
    find(name).showModal();
    return find(name).querySelector("form").elements;
  }

  shift(current) {
    this.current = current;
    this.#open("shift").amount.select();
  }

  #shift() {
    const { amount, from } = find("shift").querySelector("form").elements;
    const ms = readTime(amount.value);
    if (ms === null) return this.#words.noTime;
    this.#apply(shift(this.#store, ms, from.value === "here" ? this.current : null));
  }

  // `points`: `[[cue, ms], [cue, ms]]`, as far as they are known.
  stretch(points) {
    const fields = this.#open("stretch");
    points.forEach(([cue, ms], at) => {
      fields[`cue${at + 1}`].value = this.#number(cue);
      fields[`time${at + 1}`].value = writeTime(ms);
    });
  }

  #stretch() {
    const fields = find("stretch").querySelector("form").elements;
    const points = [1, 2].map((at) => [this.#store.cues.filter((cue) => !cue.block)[fields[`cue${at}`].value - 1], readTime(fields[`time${at}`].value)]);
    if (points.some(([cue]) => !cue)) return this.#words.noCue;
    if (points.some(([, ms]) => ms === null)) return this.#words.noTime;
    const patches = stretch(this.#store, points.map(([cue, ms]) => [cue.start, ms]));
    if (!patches) return this.#words.noStretch;
    this.#apply(patches);
  }

  replace() {
    this.#open("replace").sought.select();
    this.#preview();
  }

  #replacements() {
    const { sought, by, exact, whole } = find("replace").querySelector("form").elements;
    return replacements(this.#store, sought.value, by.value, { exact: exact.checked, whole: whole.checked });
  }

  #preview() {
    const found = this.#replacements();
    find("replace").querySelector("[role=status]").textContent = say(this.#words.found, { number: found.length });
    find("replace").querySelector("ol").replaceChildren(...found.slice(0, SHOWN).map(([cue, { text }]) => {
      const item = element("li");
      item.value = this.#number(cue);
      item.append(element("del", typed(cue.text)), " ", element("ins", typed(text)));
      return item;
    }));
  }

  #replace() {
    const found = this.#replacements();
    if (!found.length) return this.#words.notFound;
    this.#apply(found);
  }

  help() {
    find("help").querySelector("tbody").replaceChildren(...described(this.buttons).map(([label, keys]) => {
      const row = element("tr");
      const cell = element("td");
      cell.append(...keys.flatMap((key, at) => [at ? " · " : "", element("kbd", key)]));
      row.append(element("th", label), cell);
      row.firstChild.scope = "row";
      return row;
    }));
    find("help").showModal();
  }
}
