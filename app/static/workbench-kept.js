// Unsent changes in the browser, of each tab by itself; those of a tab that was closed are taken over by the next.

export class Kept {
  #prefix;
  #name;
  #timer = 0;

  constructor(prefix) {
    this.#prefix = `${prefix} `;
    this.#name = this.#prefix + crypto.getRandomValues(new Uint32Array(1))[0];
  }

  async adopt() {
    // Held as long as the tab is open.
    navigator.locks?.request(this.#name, () => new Promise(() => {}));
    const open = new Set((await navigator.locks?.query())?.held.map((lock) => lock.name));
    const left = Object.keys(localStorage).filter((name) => name.startsWith(this.#prefix) && !open.has(name));
    const found = left.flatMap((name) => JSON.parse(localStorage.getItem(name)));
    this.write(found);
    for (const name of left) localStorage.removeItem(name);
    return found;
  }

  soon(unsent) {
    this.#timer ||= setTimeout(() => this.write(unsent()), 300);
  }

  write(unsent) {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (unsent.length) localStorage.setItem(this.#name, JSON.stringify(unsent));
    else localStorage.removeItem(this.#name);
  }
}
