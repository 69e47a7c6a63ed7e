// Times and texts of cues: as people write them, and as WebVTT keeps them.

const DIGITS = "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९";
const TIME = /^([-+−]?)\s*(?:(?:(\d{1,3})\s*[:;]\s*)?(\d{1,4})\s*[:;]\s*)?(\d{1,6})?(?:[.,](\d*))?\s*s?$/;

// Milliseconds of `1:02:03.5`, `62,5`, `+0.25`, also in the digits of other scripts; null for what is no time.
export function readTime(text) {
  const plain = text.trim().replace(/[٠-٩۰-۹०-९]/g, (digit) => DIGITS.indexOf(digit) % 10);
  const [, sign, hours, minutes, seconds, fraction] = TIME.exec(plain) ?? [];
  if (sign === undefined || (seconds === undefined && !fraction)) return null;
  const whole = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  const found = whole * 1000 + Number((fraction ?? "").padEnd(3, "0").slice(0, 3));
  return sign === "" || sign === "+" ? found : -found;
}

// `1:02.345`, with hours only where there are some.
export function writeTime(ms) {
  const size = Math.abs(Math.round(ms));
  const [hours, minutes, seconds] = [size / 3_600_000, (size / 60_000) % 60, (size / 1000) % 60].map(Math.floor);
  const two = (number) => String(number).padStart(2, "0");
  const whole = hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
  return `${ms < 0 ? "−" : ""}${whole}.${String(size % 1000).padStart(3, "0")}`;
}

const TAG = String.raw`<\/?(?:[biu]|c|v|lang|ruby|rt)(?:\.[^\s<>.]+)*(?:[ \t][^<>]*)?>|<\d[\d:.]*>`;
const MARK = new RegExp(String.raw`(${TAG}|&(?:#\d+|#[xX][\da-fA-F]+|[a-zA-Z][a-zA-Z\d]*);)`);
const OPENING = /<([a-z]+)((?:\.[^\s<>.]+)*(?:[ \t][^<>]*)?)>|<\/([a-z]+)>/g;
const SIGNS = { amp: "&", lt: "<", gt: ">", nbsp: "\u00a0", lrm: "\u200e", rlm: "\u200f", quot: '"', apos: "'" };

// What somebody typed, as WebVTT: tags that it knows stay, other signs are text, and a blank line would end the cue.
export function written(typed) {
  const parts = typed.replace(/\r\n?/g, "\n").split(MARK);
  const escaped = parts.map((part, at) =>
    at % 2 ? part : part.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("-->", "--&gt;"));
  return escaped.join("").split("\n").map((line) => line.trim()).filter(Boolean).join("\n");
}

// The same the other way round, for the field in which it is edited: nothing that would come back different.
export function typed(text) {
  const without = text.replaceAll("&lt;", "<").replaceAll("&amp;", "&");
  return [without.replaceAll("&gt;", ">"), without].find((each) => written(each) === text) ?? text;
}

// Without tags, and with the characters that entities stand for: what viewers read.
export function plain(text) {
  return text.replace(/<[^>]*(?:>|$)/g, "").replace(/&(#\d+|#[xX][\da-fA-F]+|[a-z]+);/g, (whole, name) => {
    if (!name.startsWith("#")) return SIGNS[name] ?? whole;
    const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  });
}

// Cuts a text in two; tags that are open at the cut end before it and begin again behind it.
export function cut(text, at) {
  const inside = /<[^<>]*$/.exec(text.slice(0, at));
  if (inside && /^[^<>]*>/.test(text.slice(at))) at = inside.index;
  const open = [];
  for (const [whole, name, , closes] of text.slice(0, at).matchAll(OPENING)) {
    if (closes) open.splice(Math.max(0, open.findLastIndex((tag) => tag.name === closes)), 1);
    else open.push({ whole, name });
  }
  const ends = open.toReversed().map((tag) => `</${tag.name}>`).join("");
  const begins = open.map((tag) => tag.whole).join("");
  return [written(text.slice(0, at).trimEnd() + ends), written(begins + text.slice(at).trimStart())];
}

// Where to cut a text that is to be shared in this proportion: the nearest space, if there is one.
export function placeToCut(text, share) {
  const wanted = text.length * share;
  const spaces = [...text.matchAll(/\s+(?![^<]*>)/g)].map((found) => found.index).filter((at) => at > 0);
  return spaces.reduce((best, at) => (Math.abs(at - wanted) < Math.abs(best - wanted) ? at : best), spaces[0] ?? Math.round(wanted));
}

export const say = (sentence, values = {}) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function element(tag, text = "", name = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  return made;
}
