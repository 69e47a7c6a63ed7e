// Tells the server what was changed, learns what others changed, and keeps what could not be told in the browser.

import { Kept } from "./workbench-kept.js";

const IDLE_MS = 800;
const POLL_MS = 2500;
const HIDDEN_POLL_MS = 15_000;
const PRESENT_MS = 15_000; // How often the others are told that somebody is still here.
const BATCH = 500;
const PATIENCE_MS = 8_000;
const KEEPALIVE_BYTES = 60_000; // What browsers send of a page that is being left.

class Refused extends Error {}
class Unreachable extends Error {}

// States: loading, saving, saved, waiting (for the person, who has something to decide), offline, closed, refused.
export class Sync extends EventTarget {
  #store;
  #urls;
  #csrf;
  #kept;
  #since = 0;
  #timer = 0;
  #running = null;
  #told = { at: undefined, when: 0 };

  at = null; // The cue where this person is.
  state = "loading";
  people = [];

  constructor(store, { cues, page, csrf, keep }) {
    super();
    this.#store = store;
    this.#urls = { cues, page };
    this.#csrf = csrf;
    this.#kept = new Kept(keep);
  }

  // Resolves when the cues are there; raises when they cannot be had.
  async start() {
    await this.#pull();
    this.#store.restore(await this.#kept.adopt());
    this.#store.addEventListener("edit", () => this.#edited());
    addEventListener("online", () => this.now());
    addEventListener("visibilitychange", () => (document.hidden ? this.#leave() : this.now()));
    addEventListener("pagehide", () => this.#leave());
    this.#again(0);
  }

  #edited() {
    this.#kept.soon(() => this.#store.unsent);
    if (this.state === "saved" || this.state === "waiting") this.#say("saving");
    this.#again(IDLE_MS);
  }

  // Sends at once what waits, and asks for news.
  now() {
    clearTimeout(this.#timer);
    this.#running ??= this.#run().finally(() => { this.#running = null; });
    return this.#running;
  }

  #again(ms) {
    clearTimeout(this.#timer);
    if (this.state !== "refused") this.#timer = setTimeout(() => this.now(), ms);
  }

  async #run() {
    try {
      // A repeated call does nothing twice, so what may or may not have arrived is sent again, and first.
      while (this.state !== "closed" && (await this.#push()));
      const isOpen = await this.#pull();
      this.#say(!isOpen ? "closed" : this.#store.waiting.length ? "waiting" : "saved");
    } catch (fault) {
      this.#say(fault instanceof Refused ? "refused" : "offline");
      if (!(fault instanceof Refused || fault instanceof Unreachable)) reportError(fault);
    }
    this.#kept.write(this.#store.unsent);
    const isMore = this.state === "waiting" && this.#store.changes.length;
    this.#again(isMore ? IDLE_MS : document.hidden ? HIDDEN_POLL_MS : POLL_MS);
  }

  // Answers whether the draft can be changed.
  async #pull() {
    const found = await answered(await ask(`${this.#urls.cues}?since=${this.#since}`));
    this.#since = found.version;
    this.people = found.people;
    this.#store.take(found.cues);
    this.dispatchEvent(new CustomEvent("people"));
    return !["approved", "published"].includes(found.state);
  }

  // Answers whether something was sent, so that there may be more.
  async #push() {
    const changes = this.#store.changes.slice(0, BATCH);
    const isPresent = this.#told.at === this.at && Date.now() - this.#told.when < PRESENT_MS;
    if (!changes.length && isPresent) return false;
    let answer = await this.#post(changes);
    if (answer.status === 400) {
      await this.#renewToken();
      answer = await this.#post(changes);
    }
    if (answer.status === 409) return false;
    const { saved = [], conflicts = [], faults = [] } = await answered(answer);
    this.#told = { at: this.at, when: Date.now() };
    const byKey = new Map(changes.map((change) => [change.key, change]));
    const clashing = new Set(conflicts.map(({ key }) => key));
    for (const each of saved) if (!clashing.has(each.key)) this.#store.saved(each, byKey.get(each.key));
    this.#store.take(conflicts.map(({ theirs }) => theirs).filter(Boolean));
    for (const { key, message } of faults) this.#store.refuse(key, message);
    return changes.length > 0 && saved.length + conflicts.length + faults.length > 0;
  }

  #post(changes, options = {}) {
    return ask(this.#urls.cues, {
      method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": this.#csrf },
      body: JSON.stringify({ at: this.at?.id ?? null, changes }), ...options,
    });
  }

  // The cookie that the token belongs to may have ended; the page has a new one.
  async #renewToken() {
    const page = new DOMParser().parseFromString(await (await ask(this.#urls.page)).text(), "text/html");
    this.#csrf = page.querySelector("#workbench")?.dataset.csrf ?? this.#csrf;
  }

  #leave() {
    this.#kept.write(this.#store.unsent);
    const changes = this.#store.changes;
    if (this.#running || !changes.length || JSON.stringify(changes).length > KEEPALIVE_BYTES) return;
    this.#post(changes, { keepalive: true }).catch(() => {});
  }

  #say(state) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state"));
  }
}

const ask = (address, options = {}) =>
  fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS), ...options }).catch((fault) => { throw new Unreachable(fault.message); });

async function answered(answer) {
  if ([401, 403, 404, 410].includes(answer.status) || answer.redirected) throw new Refused(answer.status);
  if (!answer.ok && answer.status !== 422) throw new Unreachable(answer.status);
  return answer.json();
}
