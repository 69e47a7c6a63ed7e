// What can be done to cues: each answers the changes that it takes, as `Store.change` wants them, or null.

import { cut, placeToCut, plain, typed, written } from "./workbench-text.js";

const USUAL_MS = 2000;
const SHORTEST_MS = 300;
const segments = new Intl.Segmenter();
const size = (text) => [...segments.segment(plain(text))].length;

export const own = (cues) => cues.filter((cue) => !cue.block);

// A place between two others, which nobody else takes at the same moment.
function between(before, after) {
  const [low, high] = [before?.position ?? (after?.position ?? 2) - 2, after?.position ?? (before?.position ?? 0) + 2];
  return low + (high - low) * (0.25 + Math.random() / 2);
}

function beside(store, cue) {
  const cues = store.cues;
  return between(cue, cues[cues.indexOf(cue) + 1]);
}

// At the cursor with the time in proportion, or at the playhead with the text in proportion.
export function split(store, cue, caret, playhead, gap) {
  const text = typed(cue.text);
  const length = cue.end - cue.start;
  let at = playhead;
  if (text.slice(0, caret).trim() && text.slice(caret).trim()) {
    const [first, second] = cut(text, caret).map(size);
    at = Math.round(cue.start + (length * first) / (first + second || 1));
  } else if (playhead > cue.start && playhead < cue.end) {
    caret = placeToCut(text, (playhead - cue.start) / length);
  } else {
    return null;
  }
  const [first, second] = cut(text, caret);
  const made = store.make({ position: beside(store, cue), start: at, end: cue.end, text: second, settings: cue.settings, source: cue.source });
  return [[cue, { text: first, end: Math.max(cue.start + 1, at - gap) }], [made, { gone: false }]];
}

export function following(store, cue) {
  const cues = own(store.cues);
  return cues[cues.indexOf(cue) + 1];
}

export function merge(store, cue) {
  const next = following(store, cue);
  if (!next) return null;
  const parts = [cue.text, next.text].filter(Boolean);
  const text = parts.join(parts.some((part) => part.includes("\n")) ? " " : "\n");
  return [[cue, { text, end: Math.max(cue.end, next.end) }], [next, { gone: true }]];
}

// After a cue; or at the playhead, where nothing is shown.
export function insert(store, cue, playhead, gap) {
  const cues = own(store.cues);
  const isFree = playhead !== null && !cues.some((each) => each.start <= playhead && playhead < each.end);
  const before = isFree ? cues.findLast((each) => each.start < playhead) : cue;
  const after = before ? cues[cues.indexOf(before) + 1] : cues[0];
  const start = isFree ? playhead : before ? before.end + gap : 0;
  const room = (after ? after.start - gap : Infinity) - start;
  const end = start + (room < SHORTEST_MS ? SHORTEST_MS : Math.min(USUAL_MS, room));
  const position = before ? beside(store, before) : between(null, store.cues[0]);
  return [[store.make({ position, start, end, text: "" }), { gone: false }]];
}

export const remove = (cue) => [[cue, { gone: true }]];

export function shift(store, ms, from = null) {
  const cues = own(store.cues);
  return moved(from ? cues.slice(cues.indexOf(from)) : cues, (time) => time + ms);
}

// So that two moments of the draft come to stand where they are heard: `[[is, shouldBe], [is, shouldBe]]`.
export function stretch(store, [[from, to], [from2, to2]]) {
  const rate = (to2 - to) / (from2 - from);
  if (!(rate > 0 && rate < 100)) return null;
  return moved(own(store.cues), (time) => to + (time - from) * rate);
}

const moved = (cues, place) =>
  cues.map((cue) => [cue, { start: Math.max(0, Math.round(place(cue.start))), end: Math.max(0, Math.round(place(cue.end))) }]);

// A start behind the end takes the end along.
export function setStart(cue, ms) {
  const start = Math.max(0, Math.round(ms));
  return [[cue, start < cue.end ? { start } : { start, end: start + Math.max(SHORTEST_MS, cue.end - cue.start) }]];
}

export function setEnd(cue, ms) {
  const end = Math.round(ms);
  return end > cue.start ? [[cue, { end }]] : null;
}

// Cues that end too near to the next one end a little earlier.
export function makeGaps(store, gap) {
  const cues = own(store.cues);
  return cues.flatMap((cue, at) => {
    const end = (cues[at + 1]?.start ?? Infinity) - gap;
    return end < cue.end && cue.end <= end + 2 * gap && end - cue.start >= SHORTEST_MS ? [[cue, { end }]] : [];
  });
}

// A text in two lines of about one length, parted after a sign where there is one near the middle.
export function broken(text, longest) {
  const line = text.split("\n").join(" ");
  if (/<|^-/.test(line)) return text;
  const cost = (at) => Math.max(at, line.length - at - 1) - (/[\p{P}]/u.test(line[at - 1]) ? longest / 6 : 0);
  const places = [...line.matchAll(/\s+/g)].map(({ index }) => index);
  const best = places.reduce((found, at) => (found === null || cost(at) < cost(found) ? at : found), null);
  return size(line) <= longest || best === null ? line : `${line.slice(0, best)}\n${line.slice(best).trim()}`;
}

export const breakLines = (cues, longest) => cues.map((cue) => [cue, { text: broken(cue.text, longest) }]);

// The times of what a translation translates; only where they differ.
export const takeOver = (pairs) =>
  pairs.filter(([cue, source]) => source && (cue.start !== source.start || cue.end !== source.end))
    .map(([cue, source]) => [cue, { start: source.start, end: source.end }]);

export function replacements(store, sought, by, { exact, whole }) {
  if (!sought) return [];
  const escaped = sought.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = whole ? String.raw`(?<![\p{L}\p{M}\p{N}])${escaped}(?![\p{L}\p{M}\p{N}])` : escaped;
  const found = new RegExp(pattern, exact ? "gu" : "giu");
  return own(store.cues).filter((cue) => typed(cue.text).search(found) >= 0)
    .map((cue) => [cue, { text: written(typed(cue.text).replace(found, () => by)) }]);
}
