// The keys of the desk, and the way from field to field.

import { Pair } from "./captioner-entries.js";

const find = (selector, inside = document) => inside.querySelector(selector);

/** Listens to them; gives the two ways that the page itself goes. */
export function listenToKeys({ page, root, entries, typing, speakers, sendLine }) {
  const [list, pairs, panel] = ["#lines", "#pairs", "#desk-panel"].map((id) => find(id));
  const fields = () => [...root.querySelectorAll("#pairs textarea, #lines textarea, #text")]
    .filter((area) => !area.readOnly && area.offsetParent);
  const entryAt = (area) => entries.get(area.closest("#lines > li, #pairs > li"));

  function go(area) {
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    area.scrollIntoView({ block: pairs?.contains(area) ? "center" : "nearest" });
  }

  function step(from, by) {
    const all = fields();
    const next = all[all.indexOf(from) + by];
    if (next) go(next);
  }

  function nextOpen(from) {
    const open = [...(pairs?.children ?? [])].filter((row) => entries.get(row).isOpen);
    const after = open.find((row) => !from || from.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING);
    const row = after ?? open[0];
    if (row) go(find("textarea", row));
    else page.tell(page.words.noneOpen);
  }

  const WITH_A_KEY = {
    F2: () => step(typing.area, -1),
    F4: (area) => pairs && nextOpen(area?.closest("#pairs > li")),
    F8(area) {
      const lines = [...list.children].map((row) => entries.get(row));
      const entry = (area && entryAt(area)) ?? lines.findLast((line) => line.row.dataset.state === "final");
      entry?.withdraw();
      typing.area.focus();
    },
    F9: () => find("[data-key]", panel)?.click(),
  };

  const IN_A_FIELD = {
    Enter(area, event) {
      if (event.shiftKey) return false;
      const entry = entryAt(area);
      if (!entry) sendLine();
      else {
        entry.save();
        if (entry instanceof Pair) nextOpen(entry.row);
        else go(typing.area);
      }
      return true;
    },
    Escape(area) {
      entryAt(area)?.reset();
      go(typing.area);
      return true;
    },
    ArrowUp: (area) => area.selectionEnd === 0 || entryAt(area)?.isChanged === false && !area.value.includes("\n")
      ? (step(area, -1), true) : false,
    ArrowDown: (area) => area !== typing.area && area.selectionStart === area.value.length ? (step(area, 1), true) : false,
    "?"(area) {
      if (area !== typing.area || area.value) return false;
      const keys = find("#keys");
      keys.open = !keys.open;
      if (keys.open) keys.scrollIntoView({ block: "nearest" });
      return true;
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const area = event.target.closest?.("#pairs textarea, #lines textarea, #text");
    const bare = !event.ctrlKey && !event.metaKey && !event.altKey;
    const digit = event.ctrlKey && !event.altKey && !event.shiftKey && /^Digit([1-9])$/.exec(event.code)?.[1];
    if (digit && speakers[digit - 1]) {
      event.preventDefault();
      typing.label(speakers[digit - 1], speakers);
    } else if (bare && !event.shiftKey && WITH_A_KEY[event.key]) {
      event.preventDefault();
      WITH_A_KEY[event.key](area);
    } else if (bare && area && IN_A_FIELD[event.key]?.(area, event)) event.preventDefault();
  });

  return { go, nextOpen };
}
