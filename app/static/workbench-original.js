// What a translation translates: the cue beside each of ours, and the event's terms in it.

import { element, plain } from "./workbench-text.js";

export class Original extends EventTarget {
  #addresses;
  #since = 0;
  #byId = new Map();
  #ordered = [];
  #terms = { terms: {}, cues: {} };

  // Addresses of the cues of the original and of the terms in them; both null when this is an original itself.
  constructor(cues, terms) {
    super();
    this.#addresses = { cues, terms };
  }

  get isThere() { return this.#addresses.cues !== null; }

  // Tells `change` when there is news.
  async load() {
    if (!this.isThere) return;
    const answer = await fetch(`${this.#addresses.cues}?since=${this.#since}`);
    if (!answer.ok) return;
    const { version, cues } = await answer.json();
    this.#since = version;
    if (!cues.length) return;
    const terms = await fetch(this.#addresses.terms);
    if (terms.ok) this.#terms = await terms.json();
    for (const cue of cues) this.#byId.set(cue.id, cue);
    this.#ordered = [...this.#byId.values()].filter((cue) => !cue.gone && !cue.block).sort((a, b) => a.start - b.start);
    this.dispatchEvent(new CustomEvent("change"));
  }

  // The cue that one of ours translates; where nothing says which, the one that is heard in its middle.
  of(cue) {
    const found = this.#byId.get(cue.source);
    if (found && !found.gone) return found;
    const middle = (cue.start + cue.end) / 2;
    return this.#ordered.find((each) => each.start <= middle && middle < each.end) ?? null;
  }

  // Writes it, with the terms marked and their renderings beneath.
  show(cue, place) {
    const source = this.of(cue);
    const text = [...plain(source?.text ?? "")]; // Places are counted in code points.
    const [line, list] = [place.querySelector("p"), place.querySelector("ul")];
    const places = this.#terms.cues[source?.id] ?? [];
    let at = 0;
    line.replaceChildren();
    for (const [start, end] of places) {
      line.append(text.slice(at, start).join(""), element("mark", text.slice(start, end).join("")));
      at = end;
    }
    line.append(text.slice(at).join(""));
    const found = [...new Set(places.map(([, , term]) => term))].map((term) => this.#terms.terms[term]);
    list.replaceChildren(...found.map((term) => this.#rendering(term, list)));
    list.hidden = !found.length;
  }

  #rendering({ word, rendering, note }, list) {
    const item = element("li", `${word} → `);
    const shown = element("strong", rendering || "–");
    Object.assign(shown, { lang: list.dataset.language, dir: list.dataset.direction });
    item.append(shown, note ? ` (${note})` : "");
    return item;
  }
}
