// The way from a captioner's page to the site. What is typed waits in the browser, also over a reload, until the site
// has answered that it has it. Everything is sent in its order, and may be sent twice: each line has a name.

const BATCH = 50;
const LONGEST_WAIT = 8000;
const PATIENCE = 10000;

export class Queue {
  #address;
  #store;
  #listener;
  #versions;
  #passing = []; // Who goes on air, and what is being typed: worth nothing when it comes late.
  #sending = false;
  #wait = 500;
  #retry = 0;
  #asked = 0;
  #shown = 0;
  #csrf = document.querySelector("input[name=csrf_token]").value;

  constructor(address, store, versions, listener) {
    Object.assign(this, { lastSent: 0, isBroken: false, hasEnded: false });
    [this.#address, this.#store, this.#versions, this.#listener] = [address, store, versions, listener];
  }

  get acts() {
    return this.#store.read("queue", []);
  }

  /** Keeps an act until it is done, and sends it. */
  add(act) {
    this.#store.write("queue", [...this.acts, { ...act, at: Date.now(), tag: newName() }]);
    this.send();
  }

  /** Sends an act once, now or with the next; `of` names what a later one of the same kind takes the place of. */
  pass(act, of) {
    if (this.isBroken) return;
    this.drop(of);
    this.#passing.push({ act, of });
    this.send();
  }

  drop(of) {
    this.#passing = this.#passing.filter((each) => each.of !== of);
  }

  async send() {
    if (this.#sending || this.hasEnded) return;
    this.#sending = true;
    clearTimeout(this.#retry);
    try {
      do {
        const acts = this.acts.slice(0, BATCH);
        const passing = this.acts.length > BATCH ? [] : this.#passing.splice(0);
        const answer = await this.#ask([...acts, ...passing.map(({ act }) => act)]);
        if (!answer) return;
        const done = new Set(acts.map((act) => act.tag));
        this.#store.write("queue", this.acts.filter((act) => !done.has(act.tag)));
        [...acts, ...passing.map(({ act }) => act)].forEach((act, at) => this.#listener.done(act, answer.results[at]));
        this.#listener.state(answer);
      } while (this.acts.length || this.#passing.length);
    } finally {
      this.#sending = false;
      this.#listener.waiting(this.acts.length, this.isBroken);
    }
  }

  /** What changed meanwhile, without sending anything. */
  async refresh() {
    if (this.#sending || this.hasEnded) return;
    const answer = await this.#ask();
    if (answer) this.#listener.state(answer);
    if (this.acts.length) this.send();
  }

  /** The answer of the site; nothing when there was none, and then it tries again by itself. */
  async #ask(acts) {
    const turn = ++this.#asked;
    try {
      let response = await this.#fetch(acts);
      if (response.status === 400 && acts) {
        // The browser forgot its session; a fresh one begins with a look.
        const fresh = await this.#fetch();
        if (fresh.ok) this.#csrf = (await fresh.json()).csrf;
        response = await this.#fetch(acts);
      }
      if ([403, 404, 410].includes(response.status)) {
        this.hasEnded = true;
        this.#listener.ended();
        return null;
      }
      if (!response.ok || response.redirected) throw new Error(`Answered ${response.status}`);
      const answer = await response.json();
      this.#csrf = answer.csrf;
      if (acts) this.lastSent = Date.now();
      answer.isLate = turn < this.#shown;
      this.#shown = Math.max(this.#shown, turn);
      if (this.isBroken) this.#mended();
      return answer;
    } catch {
      this.#broken();
      return null;
    }
  }

  #fetch(acts) {
    const versions = this.#versions();
    const signal = AbortSignal.timeout(PATIENCE);
    if (!acts) return fetch(`${this.#address}?${new URLSearchParams(versions)}`, { signal });
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.#csrf };
    return fetch(this.#address, { method: "POST", headers, signal, body: JSON.stringify({ ...versions, acts }) });
  }

  #broken() {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => (this.acts.length ? this.send() : this.refresh()), this.#wait * (0.7 + Math.random() * 0.6));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    if (!this.isBroken) {
      this.isBroken = true;
      this.#listener.broken();
    }
  }

  #mended() {
    this.isBroken = false;
    this.#wait = 500;
    this.#listener.mended();
  }
}

/** A name that nobody else gives. */
export const newName = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");

/** What a page keeps in the browser under one name. Read anew each time: another tab may have written. */
export class Store {
  #name;
  #memory = new Map(); // For a browser that keeps nothing.

  constructor(name) {
    this.#name = name;
  }

  read(part, otherwise) {
    const key = `${this.#name} ${part}`;
    try {
      return JSON.parse(localStorage.getItem(key) ?? this.#memory.get(key) ?? "null") ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  write(part, value) {
    const key = `${this.#name} ${part}`;
    try {
      localStorage.setItem(key, JSON.stringify(value));
      this.#memory.delete(key);
    } catch {
      this.#memory.set(key, JSON.stringify(value));
    }
  }
}
