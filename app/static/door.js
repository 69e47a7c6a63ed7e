// The list of the door on the device: search while typing, check-ins that are kept and sent when there is a network.
// Without it the page does the same, one page and one press at a time.

const door = document.querySelector("#door");
const [list, state, forget] = ["#door-list", "#door-state", "#door-forget"].map((id) => document.querySelector(id));
const [target, search] = ["#for", "#q"].map((id) => document.querySelector(id));
const words = door.dataset;
const KEY = `door ${words.list.replace(/^\/[^/]+/, "")}`; // The same whatever the language of the page.
const SHOWN = 50;
const BATCH = 200;

let people = [];
let came = {};
let csrf = "";
let refused = [];
let sending = false;
let ticket = ""; // The digest of one that was shown, until somebody is looked for.

// Read anew each time: another tab of this device may have added to it.
const queue = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");
const keep = (items) => localStorage.setItem(KEY, JSON.stringify(items));
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

async function load() {
  const answer = await fetch(words.list);
  if (!answer.ok || answer.redirected) throw new Error(`The list: ${answer.status}`);
  ({ people, came, csrf } = await answer.json());
  for (const item of queue()) apply(item);
}

function apply({ number, target, act }) {
  const others = (came[target] ?? []).filter((each) => each !== number);
  came[target] = act === "undo" ? others : [...others, number];
}

function act(number, kind) {
  const item = { id: `${Date.now()} ${Math.random()}`, number, target: target.value, act: kind, at: new Date().toISOString() };
  keep([...queue(), item]);
  apply(item);
  search.select();
  show();
  send();
}

async function send() {
  if (sending) return;
  sending = true;
  try {
    for (let batch; (batch = queue().slice(0, BATCH)).length; ) {
      let answer = await post(batch);
      // A token lasts an hour, and a device may have been away for longer.
      if (answer.status === 400) await load().then(async () => { answer = await post(batch); });
      if (!answer.ok || answer.redirected) break;
      const { results } = await answer.json();
      refused.push(...batch.filter((_, index) => results[index] === "refused").map((item) => item.number));
      const done = new Set(batch.map((item) => item.id));
      keep(queue().filter((item) => !done.has(item.id)));
    }
  } catch {
    // No network: what waits is sent with the next press, or when the network is back.
  } finally {
    sending = false;
    show();
    await keepList();
  }
}

// As it is known here now, so that a page that is loaded without a network shows it so.
async function keepList() {
  if (!door.dataset.kept) return;
  const known = new Response(JSON.stringify({ people, came, csrf }), { headers: { "Content-Type": "application/json" } });
  await (await caches.open("door")).put(words.list, known);
}

const post = (items) => fetch(words.sync, {
  method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": csrf }, body: JSON.stringify({ items }),
});

function show() {
  const found = matching();
  const here = new Set(came[target.value]);
  const unsent = new Set(queue().filter((item) => item.target === target.value).map((item) => item.number));
  list.replaceChildren(...found.slice(0, SHOWN).map(([number, name]) => row(number, name, here, unsent)));
  if (!found.length) list.append(element("li", ticket ? words.unknown : words.nobody));
  const waiting = queue().length;
  const names = people.filter(([number]) => refused.includes(number)).map(([, name]) => name);
  state.textContent = [
    say(words.count, { came: here.size, all: people.length }),
    waiting ? say(words.waiting, { number: waiting }) : words.allSent,
    ...(refused.length ? [say(words.refused, { names: names.join(", ") || refused.length })] : []),
  ].join(" · ");
}

function matching() {
  if (ticket) return people.filter(([, , each]) => each === ticket);
  const sought = folded(search.value.trim()).split(/\s+/);
  return people.filter(([, name]) => sought.every((part) => folded(name).includes(part)));
}

function row(number, name, here, unsent) {
  const [line, about] = [element("li"), element("div", `${name} `)];
  const isHere = here.has(number);
  if (isHere) about.append(element("span", words.here, "badge good"));
  if (unsent.has(number)) about.append(" ", element("span", words.unsent, "quiet"));
  const button = element("button", isHere ? words.undo : words.check, isHere ? "button secondary small" : "button");
  button.type = "button";
  button.append(element("span", ` – ${name}`, "visually-hidden"));
  button.addEventListener("click", () => act(number, isHere ? "undo" : "in"));
  line.append(about, button);
  return line;
}

function element(tag, text = "", name = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  return made;
}

// A ticket whose page could not be had leads here (see door-worker.js).
async function showTicket() {
  const token = new URLSearchParams(location.hash.slice(1)).get("ticket");
  if (!token) return;
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)));
  ticket = [...bytes.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  show();
}

async function start() {
  await load();
  document.querySelector("#door-pages")?.remove();
  document.querySelector("#door-search").addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", () => { ticket = ""; show(); });
  target.addEventListener("change", () => show());
  addEventListener("online", send);
  addEventListener("hashchange", showTicket);
  setInterval(() => { if (!document.hidden) load().then(send, () => {}); }, 60_000);
  show();
  await showTicket();
  send();
}

async function keepOnDevice() {
  const here = location.pathname;
  await Promise.all([here, ...words.tickets.split(" ")].map((scope) => navigator.serviceWorker.register(words.worker, { scope })));
  await navigator.serviceWorker.ready;
  // What was fetched before the worker stood is fetched once more, so that it is kept.
  const needed = performance.getEntriesByType("resource").map((entry) => entry.name);
  const cache = await caches.open("door");
  await cache.addAll([here, words.list, ...needed.filter((name) => name.includes("/static/"))]);
  forget.hidden = false;
  door.dataset.kept = "yes";
}

forget.addEventListener("click", async () => {
  await send();
  if (queue().length) return;
  delete door.dataset.kept;
  await caches.delete("door");
  for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
  localStorage.removeItem(KEY);
  location.assign(words.home);
});

start().then(() => "serviceWorker" in navigator && keepOnDevice());
