// The field in which a captioner types: what is typed is seen by viewers while it is typed, and stands with Enter.

import { newName } from "./captioner-queue.js";
import { say } from "./captioner-entries.js";

const PAUSE = 700;
const LONGEST = 600; // Characters; the site takes 2 KB, which is 682 in the scripts that need most.
const ENDS_WORD = /[\s.,;:!?،؛؟。、…)\]]$/u;
const WORD = /[\p{L}\p{N}\p{M}_-]+$/u;

const segmenter = globalThis.Intl?.Segmenter && new Intl.Segmenter();
const length = (text) => (segmenter ? [...segmenter.segment(text)].length : [...text].length);

/** Gives an act every 700 ms at most, and only while there is something new. */
export class Throttle {
  #timer = 0;
  #make;

  constructor(send) {
    this.send = send;
  }

  ask(make) {
    this.#make = make;
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      const act = this.#make();
      if (act) this.send(act);
    }, PAUSE);
  }
}

export class Typing {
  constructor(page, area) {
    Object.assign(this, { page, area, sentPartial: "" });
    const kept = page.store.read("typing", null);
    this.name = kept?.name ?? newName();
    if (kept && !area.value) {
      [area.value, this.sentPartial] = [kept.text, kept.sentPartial];
    }
    area.addEventListener("input", (event) => this.typed(event));
    this.measure();
  }

  typed(event) {
    const end = this.area.selectionEnd;
    if (event?.inputType?.startsWith("insert") && ENDS_WORD.test(this.area.value.slice(0, end))) this.expand(end - 1);
    this.#keep();
    this.measure();
    this.page.partial(() => this.#partial());
  }

  #keep() {
    const { name, sentPartial } = this;
    this.page.store.write("typing", { name, sentPartial, text: this.area.value });
  }

  #partial() {
    const text = this.area.value.trim();
    if (text === this.sentPartial) return null;
    if (!text) {
      this.page.queue.add({ act: "withdraw", line: this.name });
      this.#begin();
      return null;
    }
    if (text.length > LONGEST) return null;
    this.sentPartial = text;
    this.#keep();
    return { act: "say", partial: true, line: this.name, text };
  }

  #begin() {
    [this.name, this.sentPartial] = [newName(), ""];
    this.#keep();
  }

  /** What was typed, in lines that are no longer than one may be, with their names. */
  finish() {
    this.expand(this.area.selectionEnd);
    const lines = [];
    for (const text of pieces(this.area.value.trim())) {
      lines.push({ line: this.name, text });
      this.name = newName();
    }
    this.page.queue.drop("typing");
    this.area.value = "";
    this.#begin();
    this.measure();
    return lines;
  }

  /** Writes out an abbreviation that ends there. */
  expand(end) {
    const word = WORD.exec(this.area.value.slice(0, end))?.[0];
    const long = word && this.page.abbreviations().get(word.toLowerCase());
    if (long) this.area.setRangeText(long, end - word.length, end, "preserve");
  }

  /** Puts the name of who speaks before the line, or another in its place. */
  label(name, names) {
    const before = names.map((each) => `${each}: `).find((each) => this.area.value.startsWith(each)) ?? "";
    this.area.setRangeText(`${name}: `, 0, before.length, "preserve");
    this.area.focus();
    this.area.setSelectionRange(this.area.value.length, this.area.value.length);
    this.typed();
  }

  /** How much still fits, wrapped at words as a screen does it. */
  measure() {
    const { left, over } = this.page.words;
    const [lineLength, lineCount] = [this.page.words.lineLength, this.page.words.lineCount].map(Number);
    let [line, used] = [1, 0];
    for (const [at, paragraph] of this.area.value.split("\n").entries()) {
      if (at) [line, used] = [line + 1, 0];
      for (const word of paragraph.split(/(?<=\s)/)) {
        const size = length(word.trimEnd());
        if (used && used + size > lineLength) [line, used] = [line + 1, 0];
        used += length(word);
        while (used > lineLength + 1) [line, used] = [line + 1, used - lineLength];
      }
    }
    const shown = document.querySelector("#desk-left");
    const isOver = line > lineCount;
    shown.textContent = isOver ? say(over, { lines: lineCount })
      : say(left, { left: Math.max(0, lineLength - used), line, lines: lineCount });
    shown.classList.toggle("error", isOver);
  }
}

function pieces(text) {
  const cut = [];
  let rest = text;
  while (rest.length > LONGEST) {
    const at = Math.max(rest.lastIndexOf(" ", LONGEST), rest.lastIndexOf("\n", LONGEST));
    cut.push(rest.slice(0, at > 0 ? at : LONGEST).trim());
    rest = rest.slice(at > 0 ? at : LONGEST).trim();
  }
  return rest ? [...cut, rest] : cut;
}
