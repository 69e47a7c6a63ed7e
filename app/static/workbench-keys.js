// Each command is a button of the page with its keys in `aria-keyshortcuts`; here they come to mean what they say.

const LETTER = /^Key([A-Z])$/;
const SIGNS = { Control: "Ctrl", ArrowUp: "↑", ArrowDown: "↓", PageUp: "Page ↑", PageDown: "Page ↓", Delete: "Del" };

// Letters by their place, so that they are the same on a Cyrillic or an Arabic keyboard. ⌘ counts as Ctrl.
function pressed(event) {
  const key = LETTER.exec(event.code)?.[1] ?? (event.code === "Space" ? "Space" : event.key);
  const held = [event.ctrlKey || event.metaKey ? "Control" : "", event.altKey ? "Alt" : "", event.shiftKey ? "Shift" : ""];
  return [...held.filter(Boolean), key].join("+");
}

export const readable = (keys) => keys.split(" ").map((each) => each.split("+").map((key) => SIGNS[key] ?? key).join(" + "));

// Runs commands by their buttons and their keys. `isFree(command, event)`: whether the keys may mean it here.
export function listen(buttons, run, isFree) {
  const commands = new Map();
  for (const button of buttons) {
    const { command } = button.dataset;
    button.addEventListener("click", () => run(command));
    const keys = button.getAttribute("aria-keyshortcuts");
    if (!keys) continue;
    button.title = readable(keys)[0];
    for (const each of keys.split(" ")) commands.set(each, command);
  }
  addEventListener("keydown", (event) => {
    const command = commands.get(pressed(event));
    if (!command || event.isComposing || document.querySelector("dialog[open]") || !isFree(command, event)) return;
    event.preventDefault();
    run(command);
  });
}

// Every command with its keys, for the help.
export function described(buttons) {
  return [...buttons].filter((button) => button.hasAttribute("aria-keyshortcuts"))
    .map((button) => [button.dataset.help ?? button.textContent.trim(), readable(button.getAttribute("aria-keyshortcuts"))]);
}
