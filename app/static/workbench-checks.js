// Warnings as one types: the same rules as `polyforum subtitles check`, with limits and sentences from the page.

import { plain, say } from "./workbench-text.js";

const ABOVE_THE_LINE = /<rt\b[^>]*>[^<]*(?:<\/rt>|$)/g;
const WORD = /\S*[\p{L}\p{N}]\S*/gu;
const IN_SECONDS = new Set(["overlap", "gap", "gap-or-none", "too-short", "too-long"]);

const segments = new Intl.Segmenter();
const graphemes = (line) => (/^[\0-\x7f]*$/.test(line) ? line.length : [...segments.segment(line)].length);
const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);
const numbers = new Intl.NumberFormat(document.documentElement.lang);
const shown = (number) => numbers.format(number);
const rate = (number) => Number(number.toFixed(1));

export class Checks {
  #limits;
  #label;
  #invisible;
  #isSpaced;
  #sentences;
  #measured = new Map();

  // `label`: what at the beginning of a line names a speaker; `spaced`: whether words are counted in the language.
  constructor({ limits, label, invisible, spaced, sentences }) {
    this.#limits = limits;
    this.#label = new RegExp(label, "u");
    this.#invisible = new RegExp(invisible, "gu");
    this.#isSpaced = spaced;
    this.#sentences = sentences;
  }

  // What counts of a text: graphemes of each line, and words.
  measure(text) {
    let found = this.#measured.get(text);
    if (!found) {
      const lines = plain(text.replace(ABOVE_THE_LINE, "")).replace(this.#invisible, "").split("\n")
        .map((line) => line.trim().replace(this.#label, "").trim()).filter(Boolean);
      found = { lengths: lines.map(graphemes), words: sum(lines.map((line) => line.match(WORD)?.length ?? 0)) };
      this.#measured.set(text, found);
    }
    return found;
  }

  // For each cue its findings `{kind, figure, limit}`, in the order in which the cues stand.
  check(cues) {
    let [begun, ended] = [-Infinity, -Infinity];
    return cues.map((cue, at) => {
      const { lengths, words } = this.measure(cue.text);
      const found = [
        ...(at ? this.#between(cue, begun, ended) : []),
        ...(lengths.length ? [] : [{ kind: "empty" }]),
        ...this.#time(cue, sum(lengths), this.#isSpaced ? words : 0),
        ...(lengths.length ? this.#lines(lengths) : []),
      ];
      [begun, ended] = [Math.max(begun, cue.start), Math.max(ended, cue.end)];
      return found;
    });
  }

  *#between(cue, begun, ended) {
    const limits = this.#limits;
    const gap = cue.start - ended;
    if (cue.start < begun) yield { kind: "out-of-order" };
    else if (gap < 0) yield { kind: "overlap", figure: -gap };
    else if (gap < limits.gap_ms) yield { kind: "gap", figure: gap, limit: limits.gap_ms };
    else if (gap > 0 && gap < limits.gap_or_none_ms) yield { kind: "gap-or-none", figure: gap, limit: limits.gap_or_none_ms };
  }

  *#time(cue, characters, words) {
    const limits = this.#limits;
    const lasts = cue.end - cue.start;
    if (lasts <= 0) return yield { kind: "ends-before-it-begins" };
    const shortest = Math.max(limits.shortest_ms ?? 0, words * (limits.word_ms ?? 0));
    const [cps, wpm] = [rate((characters * 1000) / lasts), rate((words * 60_000) / lasts)];
    if (lasts < shortest) yield { kind: "too-short", figure: lasts, limit: shortest };
    if (lasts > limits.longest_ms) yield { kind: "too-long", figure: lasts, limit: limits.longest_ms };
    if (cps > limits.cps) yield { kind: "too-fast", figure: cps, limit: limits.cps };
    if (wpm > limits.wpm) yield { kind: "too-many-words", figure: wpm, limit: limits.wpm };
  }

  *#lines(lengths) {
    const limits = this.#limits;
    const [longest, shortest, all] = [Math.max(...lengths), Math.min(...lengths), sum(lengths)];
    if (longest > limits.line_length) yield { kind: "long-line", figure: longest, limit: limits.line_length };
    if (lengths.length > limits.lines) yield { kind: "too-many-lines", figure: lengths.length, limit: limits.lines };
    if (all > limits.characters) yield { kind: "too-many-characters", figure: all, limit: limits.characters };
    if (lengths.length === 2 && shortest < limits.shorter_line * longest) {
      yield { kind: "uneven-lines", figure: Math.floor((shortest * 100) / longest), limit: limits.shorter_line * 100 };
    }
  }

  // While one types: how long, how fast, how wide.
  figures(cue, sentence) {
    const { lengths } = this.measure(cue.text);
    const lasts = cue.end - cue.start;
    return say(sentence, {
      seconds: shown(Number((lasts / 1000).toFixed(2))), rate: lasts > 0 ? shown(rate((sum(lengths) * 1000) / lasts)) : "–",
      line: shown(Math.max(0, ...lengths)), limit: shown(this.#limits.line_length),
    });
  }

  // In the reader's language, seconds for milliseconds.
  sentence({ kind, figure = 0, limit = 0 }) {
    const unit = IN_SECONDS.has(kind) ? 1000 : 1;
    const values = { figure: shown(figure / unit), limit: shown(limit / unit) };
    return this.#sentences[kind].replace(/%\((\w+)\)s|%%/g, (_, name) => (name ? values[name] : "%"));
  }
}
