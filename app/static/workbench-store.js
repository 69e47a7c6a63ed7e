// The cues of a draft as this person sees them: what the server knows, what was changed here, how both are joined.
// Knows neither the page nor the network.

export const FIELDS = ["position", "start", "end", "text", "settings", "identifier", "gone", "source"];
const SEEN = ["start", "end", "text"]; // Whose change somebody else should not lose to a deletion.
const UNDOABLE = 200;
const ONE_STROKE_MS = 1000;

const pick = (from, names = FIELDS) => Object.fromEntries(names.map((name) => [name, from[name]]));
const isUnsettled = (cue, name) => cue.conflict?.fields.has(name);
// Long enough for the server to know a repeated call by it.
const newName = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export class Store extends EventTarget {
  #cues = new Map();
  #byId = new Map();
  #ordered = null;
  #done = [];
  #undone = [];

  // In their order, without what is gone; a deletion that somebody else's change speaks against still shows.
  get cues() {
    this.#ordered ??= [...this.#cues.values()]
      .filter((cue) => !cue.gone || cue.conflict)
      .sort((a, b) => a.position - b.position || (a.id ?? Infinity) - (b.id ?? Infinity));
    return this.#ordered;
  }

  get = (key) => this.#cues.get(key);
  byId = (id) => this.#byId.get(id);

  // Changes several cues in one step, which can be undone: `[[cue, {field: value}], …]`. Strokes of one name that
  // follow each other are one step; what is done `together` is saved as a whole or not at all.
  change(patches, { stroke = "", together = false } = {}) {
    const step = patches
      .map(([cue, after]) => ({ cue, before: pick(cue, Object.keys(after)), after }))
      .filter(({ before, after }) => Object.keys(after).some((name) => before[name] !== after[name]));
    if (!step.length) return;
    const last = this.#done.at(-1);
    if (stroke && last?.stroke === stroke && Date.now() - last.at < ONE_STROKE_MS) {
      Object.assign(last.step[0].after, step[0].after);
      last.at = Date.now();
    } else {
      this.#done.push({ step, stroke, together, at: Date.now() });
      this.#done.splice(0, this.#done.length - UNDOABLE);
    }
    this.#undone = [];
    this.#write(step.map(({ cue, after }) => [cue, after]), together);
  }

  // A cue that is to be filled by a change; until then it is gone, and undoing makes it so again.
  make(fields, key = newName()) {
    const cue = { settings: "", identifier: "", source: null, ...fields, gone: true, key, id: null, version: 0, base: null };
    this.#cues.set(cue.key, cue);
    return cue;
  }

  // Answer the cues that changed. What somebody else changed since is left alone.
  undo = () => this.#step(this.#done, this.#undone, "before", "after");
  redo = () => this.#step(this.#undone, this.#done, "after", "before");

  #step(from, to, wanted, found) {
    const last = from.pop();
    if (!last) return [];
    to.push({ ...last, stroke: "" });
    const patches = last.step.map((each) => {
      const names = Object.keys(each[wanted]).filter((name) => each.cue[name] === each[found][name]);
      return [each.cue, pick(each[wanted], names)];
    });
    this.#write(patches, last.together);
    return patches.map(([cue]) => cue);
  }

  #write(patches, together) {
    for (const [cue, fields] of patches) Object.assign(cue, fields, { fault: "" });
    const changed = patches.map(([cue]) => cue);
    if (together) this.#bind(changed);
    this.#tell(changed, "edit");
  }

  // Also with what these were bound to before.
  #bind(cues) {
    const bonds = new Set(cues.map((cue) => cue.bond).filter(Boolean));
    const name = newName();
    for (const cue of this.#cues.values()) if (bonds.has(cue.bond) || cues.includes(cue)) cue.bond = name;
  }

  #tell(cues, type) {
    this.#ordered = null;
    this.dispatchEvent(new CustomEvent(type, { detail: cues }));
  }

  // Takes in what the server has; `theirs` are whole cues.
  take(theirs) {
    const changed = [];
    for (const each of theirs) {
      const cue = this.#byId.get(each.id) ?? this.make({});
      if (cue.version > each.version) continue;
      if (cue.base) this.#join(cue, each);
      else this.#adopt(cue, each);
      changed.push(cue);
    }
    if (changed.length) this.#tell(changed, "news");
  }

  #adopt(cue, theirs) {
    cue.base = pick(theirs);
    Object.assign(cue, cue.base, { id: theirs.id, version: theirs.version, block: theirs.block, by: theirs.by });
    this.#byId.set(cue.id, cue);
  }

  // Three ways: a field that only one side changed is theirs or ours, one that both did is for the person to decide.
  #join(cue, theirs) {
    const [mine, other] = [cue, theirs].map((side) => FIELDS.filter((name) => side[name] !== cue.base[name]));
    const clashes = new Set(mine.filter((name) => other.includes(name) && cue[name] !== theirs[name]));
    clashes.delete("position");
    const deletes = (side, names) => side.gone && names.includes("gone");
    const edits = (names) => SEEN.some((name) => names.includes(name));
    if ((deletes(cue, mine) && edits(other)) || (deletes(theirs, other) && edits(mine))) clashes.add("gone");
    for (const name of cue.conflict?.fields ?? []) if (cue[name] !== theirs[name]) clashes.add(name);
    for (const name of FIELDS) if (!mine.includes(name)) cue[name] = theirs[name];
    if (clashes.has("gone") && theirs.gone) cue.gone = false;
    cue.base = pick(theirs);
    cue.conflict = clashes.size ? { fields: clashes, theirs: pick(theirs), by: theirs.by } : null;
    Object.assign(cue, { version: theirs.version, by: theirs.by });
  }

  // The person decides: `mine`, `theirs` or `both` texts, theirs first.
  settle(cue, choice) {
    const { fields, theirs } = cue.conflict;
    const chosen = choice === "mine" ? {} : pick(theirs, [...fields]);
    if (choice === "both") chosen.text = `${theirs.text}\n${cue.text}`;
    cue.conflict = null;
    this.change([[cue, chosen]]);
    this.#tell([cue], "edit");
  }

  // What the server has not been told, as it wants to be told it. What is bound to an open question waits with it.
  get changes() {
    const all = [...this.#cues.values()];
    const held = new Set(all.filter((cue) => cue.bond && (cue.conflict || cue.fault)).map((cue) => cue.bond));
    return all.filter((cue) => !cue.fault && !held.has(cue.bond) && this.#unsent(cue).length).map((cue) => {
      const names = this.#unsent(cue);
      const change = { key: cue.key, id: cue.id, version: cue.version, together: cue.bond, ...pick(cue, names) };
      return cue.base ? { ...change, was: cue.base } : change;
    });
  }

  get waiting() {
    return [...this.#cues.values()].filter((cue) => cue.conflict || this.#unsent(cue).length);
  }

  #unsent(cue) {
    if (!cue.base) return cue.gone ? [] : FIELDS.filter((name) => name !== "gone");
    return FIELDS.filter((name) => cue[name] !== cue.base[name] && !isUnsettled(cue, name));
  }

  // The server has kept a change; what was typed since is still to be sent.
  saved({ key, id, version }, change) {
    const cue = this.#cues.get(key);
    cue.base = { ...(cue.base ?? { gone: false }), ...pick(change, FIELDS.filter((name) => name in change)) };
    Object.assign(cue, { id, version, bond: cue.bond === change.together ? "" : cue.bond });
    this.#byId.set(id, cue);
  }

  refuse(key, message) {
    const cue = this.#cues.get(key);
    cue.fault = message;
    this.#tell([cue], "news");
  }

  // Unsent changes as they are kept in the browser, and back.
  get unsent() {
    return this.waiting.map((cue) => ({ key: cue.key, id: cue.id, version: cue.version, base: cue.base, bond: cue.bond, now: pick(cue) }));
  }

  restore(kept) {
    for (const { key, id, version, base, bond, now } of kept) {
      const cue = this.#byId.get(id) ?? this.make(now, key);
      const theirs = cue.base && { ...cue.base, version: cue.version, by: cue.by };
      Object.assign(cue, now, { bond });
      if (theirs) {
        Object.assign(cue, { base: base ?? cue.base, version });
        this.#join(cue, theirs);
      }
      this.#tell([cue], "edit");
    }
  }
}
