// Lines that stand already and can be changed where they stand: those of the stream, and on a translator's page those
// of the source, each with the field of its translation.

import { newName } from "./captioner-queue.js";

export const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const inOrder = (row, other) => row.dataset.place - other.place || row.dataset.seq - other.seq;

/** A field in a row, which remembers what the site has and keeps what was changed over a reload. */
class Entry {
  constructor(page, row) {
    Object.assign(this, { page, row, area: row.querySelector("textarea"), note: row.querySelector("[data-note]") });
    this.base = this.area.value;
    this.version = Number(row.dataset.version ?? 0);
    const draft = this.key && page.drafts.get(this.key);
    if (draft !== undefined) this.area.value = draft;
    this.area.addEventListener("input", () => this.typed());
    row.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter?.value === "withdraw") this.withdraw();
      else this.save();
    });
  }

  get text() {
    return this.area.value.trim();
  }

  get isChanged() {
    return this.text !== this.base.trim();
  }

  /** What an act is about: the number that the site gave, or before that the name that it got here. */
  get target() {
    const { cue, line } = this.row.dataset;
    return cue ? { cue: Number(cue) } : line ? { line } : null;
  }

  typed() {
    this.page.drafts.keep(this.key, this.isChanged ? this.area.value : undefined);
    this.note.textContent = "";
  }

  /** As the site has it. */
  reset() {
    this.area.value = this.base;
    this.page.drafts.keep(this.key);
    this.note.textContent = "";
  }

  /** What the site says now; what somebody is writing here is left to them, with a word about it. */
  take(text) {
    const wasChanged = this.isChanged;
    this.base = text;
    if (!wasChanged) this.area.value = text;
    else if (this.text === text) this.reset();
    else this.note.textContent = ` · ${say(this.page.words.meanwhile, { text })}`;
  }

  sent(text) {
    this.base = this.area.value = text;
    this.page.drafts.keep(this.key);
    this.note.textContent = ` · ${this.page.words.unsent}`;
    this.row.classList.add("unsent");
  }

  /** The site has answered. */
  settle(result) {
    this.row.classList.remove("unsent");
    this.note.textContent = "";
    if (result.cue) this.row.dataset.cue = result.cue;
  }
}

export class Line extends Entry {
  get key() {
    const { cue, line } = this.row.dataset;
    return cue ? `cue ${cue}` : `line ${line}`;
  }

  save() {
    const isBack = this.row.dataset.state === "withdrawn";
    if (!this.text) return this.withdraw();
    if ((!this.isChanged && !isBack) || this.area.readOnly) return;
    this.page.queue.add({ act: "correct", ...this.target, text: this.text, was: this.base });
    this.sent(this.text);
    this.stand("final");
  }

  withdraw() {
    if (this.row.dataset.state !== "final") return;
    this.page.queue.add({ act: "withdraw", ...this.target });
    this.reset();
    this.stand("withdrawn");
    this.page.tell(`${this.page.words.withdrawn}: ${this.base}`);
  }

  stand(state) {
    this.row.dataset.state = state;
    this.area.readOnly = state === "partial";
    this.row.querySelector("[value=correct]").textContent = this.page.words[state === "withdrawn" ? "bringBack" : "save"];
    this.row.querySelector("[value=withdraw]").hidden = state === "withdrawn";
  }

  name(by) {
    this.row.querySelector("[data-by]").textContent = by;
    this.area.setAttribute("aria-label", say(this.page.words.lineBy, { name: by }));
  }

  show(line) {
    this.version = line.version;
    Object.assign(this.row.dataset, { cue: line.cue, place: line.place, seq: line.seq });
    this.name(line.by || this.page.words[line.machine ? "machine" : "tool"]);
    const corrected = this.row.querySelector("[data-corrected]");
    corrected.hidden = !line.corrected_by;
    corrected.querySelector("bdi").textContent = line.corrected_by;
    this.stand(line.state);
    this.take(line.text);
  }
}

export class Pair extends Entry {
  constructor(page, row) {
    super(page, row);
    this.name = newName(); // Of a translation that is being typed.
    this.sentPartial = "";
  }

  get key() {
    return `pair ${this.row.dataset.source}`;
  }

  get isOpen() {
    return this.row.dataset.state === "final" && !this.target && !this.text;
  }

  get isOvertaken() {
    const { translated, sourceVersion } = this.row.dataset;
    return Boolean(this.target) && translated !== undefined && Number(translated) < Number(sourceVersion);
  }

  get #about() {
    return { source: Number(this.row.dataset.source), source_version: Number(this.row.dataset.sourceVersion) };
  }

  typed() {
    super.typed();
    if (!this.target) this.page.partial(() => this.#partial());
  }

  #partial() {
    if (this.target || this.text === this.sentPartial) return null;
    if (!this.text) {
      this.forget();
      return null;
    }
    this.sentPartial = this.text;
    return { act: "say", partial: true, line: this.name, text: this.text, ...this.#about };
  }

  /** Takes back what viewers saw of a translation that was begun. */
  forget() {
    if (this.sentPartial) this.page.queue.add({ act: "withdraw", line: this.name });
    [this.name, this.sentPartial] = [newName(), ""];
  }

  save() {
    if (!this.text) return this.withdraw();
    if (!this.target) {
      if (!this.page.mayType()) return this.page.tell(this.page.words.offAir);
      this.page.queue.drop("typing");
      this.row.dataset.line = this.name;
      this.page.queue.add({ act: "say", line: this.name, text: this.text, ...this.#about });
    } else if (this.isChanged || this.isOvertaken) {
      const { source_version } = this.#about;
      this.page.queue.add({ act: "correct", ...this.target, text: this.text, was: this.base, source_version });
    } else return;
    this.row.dataset.translated = this.row.dataset.sourceVersion;
    this.sent(this.text);
    this.flag();
  }

  withdraw() {
    if (this.target) this.page.queue.add({ act: "withdraw", ...this.target });
    else this.forget();
    this.clear();
  }

  clear() {
    for (const name of ["cue", "line", "translated"]) delete this.row.dataset[name];
    [this.name, this.sentPartial] = [newName(), ""];
    this.take("");
    this.flag();
  }

  flag() {
    this.row.classList.toggle("overtaken", this.isOvertaken);
    this.row.querySelector(".desk-overtaken").hidden = !this.isOvertaken;
  }

  /** The translation as the site has it. */
  show(line) {
    this.version = line.version;
    if (line.state === "withdrawn") return this.clear();
    if (line.state === "partial" && line.line === this.name) return;
    this.row.dataset.cue = line.cue;
    // A machine's has none: it follows by itself.
    if (line.source_version) this.row.dataset.translated = line.source_version;
    this.area.readOnly = line.state === "partial";
    this.row.querySelector("[data-by]").textContent = line.by || this.page.words.machine;
    this.take(line.text);
    this.flag();
  }

  /** The line of the source. */
  hear(said) {
    Object.assign(this.row.dataset, {
      sourceVersion: said.version, place: said.place, seq: said.seq, state: said.state,
    });
    const [text, terms] = [this.row.querySelector("[data-said]"), this.row.querySelector("[data-terms]")];
    text.innerHTML = said.html; // Escaped by the site.
    text.id = `source-${said.cue}`;
    this.area.setAttribute("aria-describedby", text.id);
    terms.replaceChildren(...said.terms.map((pair) => {
      const term = document.createElement("span");
      term.append(...pair.map((word) => Object.assign(document.createElement("bdi"), { textContent: word })));
      term.firstChild.after(" → ");
      return term;
    }));
    this.flag();
  }
}

/** Puts a row where it belongs; a line without a place yet stands at the end. */
export function place(list, row, at) {
  let next = null;
  for (let other = list.lastElementChild; other; other = other.previousElementSibling) {
    if (other === row) continue;
    if (other.dataset.place && inOrder(other, at) < 0) break;
    next = other;
  }
  if (row.nextElementSibling !== next || row.parentElement !== list) list.insertBefore(row, next);
}
