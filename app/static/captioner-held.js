// What the site did not take: it waits here, over a reload too, until its writer sends it once more or throws it away.

export class Held {
  #page;
  #box;
  #again;

  /** `again` stands a new line among the others, before it is sent once more. */
  constructor(page, box, again) {
    [this.#page, this.#box, this.#again] = [page, box, again];
    this.show();
  }

  get #all() {
    return this.#page.store.read("held", []);
  }

  add(act, why) {
    this.#page.store.write("held", [...this.#all, { act, why }]);
    this.show();
  }

  show() {
    this.#box.hidden = !this.#all.length;
    this.#box.querySelector("ul").replaceChildren(...this.#all.map(({ act, why }, at) => this.#row(act, why, at)));
  }

  #row(act, why, at) {
    const row = document.querySelector("#held-row").content.firstElementChild.cloneNode(true);
    const area = row.querySelector("textarea");
    area.value = act.text;
    row.querySelector("[data-why]").textContent = why;
    row.querySelector("[data-drop]").addEventListener("click", () => this.#drop(at));
    row.querySelector("[data-again]").addEventListener("click", () => {
      const { was, ...again } = { ...act, text: area.value.trim() };
      this.#drop(at);
      if (again.act === "say" && !again.source) this.#again(again);
      this.#page.queue.add(again);
    });
    return row;
  }

  #drop(at) {
    this.#page.store.write("held", this.#all.filter((_, other) => other !== at));
    this.show();
    document.querySelector("#text").focus();
  }
}
