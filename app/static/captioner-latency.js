// How long a line takes from being sent until it comes back from where viewers read it.

const KEPT = 50;

export class Latency {
  #show;
  #awaited = new Map();
  #heard = new Map();

  constructor(show) {
    this.#show = show;
  }

  /** The site has taken it: this version of a cue, sent at this moment. */
  sent(cue, version, at) {
    const back = this.#heard.get(cue);
    if (back?.version >= version) this.#show((back.at - at) / 1000);
    else this.#awaited.set(cue, { version, at });
  }

  /** It came on the stream that viewers follow, before or after the site's own answer. */
  hear(cue, version) {
    const from = this.#awaited.get(cue);
    if (from?.version <= version) {
      this.#awaited.delete(cue);
      this.#show((Date.now() - from.at) / 1000);
    }
    if (this.#heard.size > KEPT) this.#heard.clear();
    this.#heard.set(cue, { version, at: Date.now() });
  }
}
