// The list of cues: a row each, and one editor that stands in the row where the person is.

import { Editor } from "./workbench-editor.js";
import { own } from "./workbench-edits.js";
import { element, plain, say, typed, writeTime } from "./workbench-text.js";

const OF_TIMES = new Set(["ends-before-it-begins", "out-of-order", "overlap", "gap", "gap-or-none", "too-short", "too-long"]);

const template = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

// Tells `select` when the person goes to another cue.
export class List extends EventTarget {
  #place;
  #store;
  #checks;
  #original;
  #words;
  #rows = new Map();
  #findings = new Map();
  #shown = [];
  #changed = new Set();
  #frame = 0;
  #playing = null;

  current = null;

  constructor(place, { store, checks, original, words, change }) {
    super();
    this.#place = place;
    this.#store = store;
    this.#checks = checks;
    this.#original = original;
    this.#words = words;
    this.editor = new Editor(template("cue-editor"), { words, checks, change });
    for (const type of ["edit", "news"]) {
      store.addEventListener(type, ({ detail }) => {
        for (const cue of detail) this.#changed.add(cue);
        this.#frame ||= requestAnimationFrame(() => this.draw());
      });
    }
    place.addEventListener("click", (event) => {
      const row = event.target.closest("li");
      if (event.target.closest("button")?.dataset.choice) return this.#settle(row, event.target.closest("button").dataset.choice);
      const cue = row && store.get(row.dataset.key);
      if (cue && !cue.block && cue !== this.current) this.select(cue);
    });
  }

  // Draws what changed since it was last drawn.
  draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const cues = this.#store.cues;
    if (cues.length !== this.#shown.length || cues.some((cue, at) => cue !== this.#shown[at])) this.#arrange(cues);
    for (const cue of this.#changed) if (this.#rows.has(cue)) this.#fill(cue);
    this.#changed.clear();
    this.#check();
  }

  drawAll() {
    for (const cue of this.#store.cues) this.#changed.add(cue);
    this.draw();
  }

  #arrange(cues) {
    const standing = new Set(cues);
    for (const [cue, row] of this.#rows) {
      if (standing.has(cue)) continue;
      if (cue === this.current) this.editor.leave();
      row.remove();
      this.#rows.delete(cue);
    }
    const made = document.createDocumentFragment();
    let next = this.#place.firstElementChild;
    for (const cue of cues) {
      const row = this.#rows.get(cue);
      if (row && row === next) {
        next = next.nextElementSibling;
        if (made.childElementCount) row.before(made);
        continue;
      }
      made.append(row ?? this.#make(cue));
    }
    this.#place.append(made);
    this.#shown = cues;
    own(cues).forEach((cue, at) => { this.#rows.get(cue).querySelector(".cue-number").textContent = at + 1; });
    if (this.current && !standing.has(this.current)) this.#goNear();
  }

  // Somebody deleted the cue where the person was.
  #goNear() {
    const cues = own(this.#store.cues);
    const near = cues.find((cue) => cue.position > this.current.position) ?? cues.at(-1) ?? null;
    this.current = null;
    if (near) this.select(near, { focus: false, scroll: false });
  }

  #make(cue) {
    const row = template(cue.block ? "cue-block" : "cue-row");
    row.dataset.key = cue.key;
    this.#rows.set(cue, row);
    this.#changed.add(cue);
    return row;
  }

  #fill(cue) {
    const row = this.#rows.get(cue);
    if (cue.block) return (row.querySelector("pre").textContent = cue.text);
    row.querySelector(".cue-times").textContent = `${writeTime(cue.start)} – ${writeTime(cue.end)}`;
    row.querySelector(".cue-text").textContent = typed(cue.text);
    row.classList.toggle("faulty", Boolean(cue.fault));
    const source = row.querySelector(".cue-source");
    if (source) this.#original.show(cue, source);
    this.#showConflict(cue, row);
    if (cue === this.current) this.editor.show(cue);
  }

  #check() {
    const cues = own(this.#store.cues);
    this.#checks.check(cues).forEach((all, at) => {
      const cue = cues[at];
      // Of times that belong to the original its own editors are warned.
      const found = this.editor.isLocked ? all.filter(({ kind }) => !OF_TIMES.has(kind)) : all;
      const mark = found.map(({ kind, figure }) => `${kind} ${figure}`).join();
      if (this.#findings.get(cue)?.mark === mark) return;
      const said = found.map((each) => this.#checks.sentence(each));
      this.#findings.set(cue, { mark, said });
      const row = this.#rows.get(cue);
      row.classList.toggle("warned", said.length > 0);
      row.querySelector(".cue-findings").replaceChildren(...said.map((sentence) => element("li", sentence)));
    });
  }

  findings = (cue) => this.#findings.get(cue)?.said ?? [];

  #showConflict(cue, row) {
    row.querySelector(".cue-conflict")?.remove();
    if (!cue.conflict) return;
    const { fields, theirs, by } = cue.conflict;
    const panel = template("cue-conflict");
    const said = (side) => side.gone ? this.#words.deleted
      : [...["start", "end"].some((name) => fields.has(name)) ? [`${writeTime(side.start)} – ${writeTime(side.end)}`] : [], plain(side.text)].join("\n");
    panel.querySelector("p").textContent = say(this.#words.conflict, { name: by });
    panel.querySelector(".mine").textContent = said(cue);
    panel.querySelector(".theirs").textContent = said(theirs);
    panel.querySelector("[data-choice=both]").hidden = !fields.has("text");
    row.append(panel);
  }

  #settle(row, choice) {
    const cue = this.#store.get(row.dataset.key);
    this.#store.settle(cue, choice);
    this.draw();
    if (this.#rows.has(cue)) this.select(cue);
  }

  // Puts the editor into the row of a cue.
  select(cue, { focus = true, caret = null, scroll = true } = {}) {
    this.draw();
    const row = this.#rows.get(cue);
    if (!row) return;
    if (cue !== this.current) {
      const left = this.current && this.#rows.get(this.current);
      left?.removeAttribute("aria-current");
      this.current = cue;
      row.setAttribute("aria-current", "true");
      row.querySelector(".cue-text").before(this.editor.place);
      this.editor.show(cue, { anew: true });
      this.dispatchEvent(new CustomEvent("select"));
    }
    if (scroll) row.scrollIntoView({ block: focus ? "center" : "nearest", behavior: "instant" });
    if (focus) this.editor.focus(caret);
  }

  // Marks the cue under the playhead; follows it while nobody writes.
  play(cue, follows) {
    if (cue === this.#playing) return;
    this.#rows.get(this.#playing)?.classList.remove("playing");
    const row = this.#rows.get(cue);
    row?.classList.add("playing");
    this.#playing = cue;
    if (follows && row) row.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  // Who else is at which cue.
  showPeople(people) {
    for (const mark of this.#place.querySelectorAll(".cue-people:not(:empty)")) mark.textContent = "";
    for (const { name, cue } of people) {
      const mark = this.#rows.get(this.#store.byId(cue))?.querySelector(".cue-people");
      if (mark) mark.textContent = [mark.textContent, name].filter(Boolean).join(", ");
    }
  }
}
