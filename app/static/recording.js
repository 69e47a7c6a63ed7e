// The transcript in step with the video: the passage that is heard is marked and in sight, a passage that is chosen is
// heard, and the address follows. Without it every time is a link that the server answers at that moment.

const video = document.querySelector("video");
const watch = document.querySelector(".watch");
const moment = document.querySelector("[data-moment]");
const followButton = moment.querySelector("[data-follow]");
const status = moment.querySelector("[role=status]");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let passages = [];
let current = null;
let follows = true;

function readPassages() {
  passages = [...document.querySelectorAll("#transcript > [data-at]")].map((element) => ({
    element, at: Number(element.dataset.at),
  }));
  current = document.querySelector("#transcript > [aria-current]");
}

/** The last passage that has begun at a moment, in seconds. */
function passageAt(seconds) {
  let [low, high] = [0, passages.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passages[middle].at <= seconds) low = middle + 1;
    else high = middle;
  }
  return passages[low - 1]?.element ?? null;
}

function mark(element) {
  if (element === current) return;
  current?.removeAttribute("aria-current");
  element?.setAttribute("aria-current", "true");
  current = element;
  if (follows) bringIntoSight();
}

/** Moves the transcript alone where it has a frame of its own, else the page below the video. */
function bringIntoSight(tries = 3) {
  if (!current) return;
  const transcript = document.querySelector("#transcript");
  const framed = getComputedStyle(transcript).overflowY === "auto";
  const top = framed ? transcript.getBoundingClientRect().top : video.getBoundingClientRect().bottom;
  const by = current.getBoundingClientRect().top - top - 48;
  const isFar = Math.abs(by) > innerHeight;
  (framed ? transcript : window).scrollBy({ top: by, behavior: calm.matches || isFar ? "instant" : "smooth" });
  // What was never in sight had only a guessed height.
  if (isFar && tries) requestAnimationFrame(() => bringIntoSight(tries - 1));
}

function follow(does) {
  follows = does;
  followButton.hidden = does;
  if (does) bringIntoSight();
}

/** The address of this page at a moment, in seconds; without it where it begins. */
function addressAt(seconds) {
  const address = new URL(location.href);
  if (seconds > 0) address.searchParams.set("t", Math.floor(seconds));
  else address.searchParams.delete("t");
  address.hash = "";
  return address;
}

function note(seconds) {
  history.replaceState(history.state, "", addressAt(seconds));
  for (const link of document.querySelectorAll("a[data-language]")) {
    const target = new URL(link.href);
    target.searchParams.set("t", Math.floor(seconds));
    link.href = target;
  }
}

function goTo(element) {
  const seconds = Number(element.dataset.at);
  // A little later than the passage begins, so that rounding never ends in the one before.
  video.currentTime = seconds + 0.01;
  note(seconds);
  mark(element);
  follow(true);
  video.play().catch(() => {});
}

/** Searches without leaving the video: the answer of the server takes the place of what is read. */
async function search(form) {
  const address = addressAt(video.currentTime);
  for (const [name, value] of new FormData(form)) address.searchParams.set(name, value);
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["found", "transcript"]) {
    document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
  }
  history.replaceState(history.state, "", address);
  readPassages();
  follow(false);
}

readPassages();
watch.classList.add("in-step");
moment.hidden = false;
if (current) bringIntoSight();

video.addEventListener("timeupdate", () => mark(passageAt(video.currentTime)));
video.addEventListener("seeked", () => { if (video.currentTime > 0) note(video.currentTime); });
video.addEventListener("pause", () => { if (video.currentTime > 0) note(video.currentTime); });

// Only the reader's own hand counts: scrolling by a script must not end the following.
for (const kind of ["wheel", "touchmove"]) {
  addEventListener(kind, () => { if (!video.paused) follow(false); }, { passive: true });
}
addEventListener("keydown", ({ key, target }) => {
  const scrolls = ["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"].includes(key);
  if (scrolls && !video.paused && !target.closest("input, select, video")) follow(false);
});
followButton.addEventListener("click", () => follow(true));

watch.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a");
  const passage = event.target.closest("#transcript > [data-at]")
    ?? (link?.closest("#found") && document.querySelector(link.hash));
  if (!passage?.dataset.at || (link && !link.classList.contains("time")) || String(getSelection())) return;
  event.preventDefault();
  goTo(passage);
});

moment.querySelector("[data-copy]").addEventListener("click", async () => {
  const address = addressAt(video.currentTime).href;
  try {
    await navigator.clipboard.writeText(address);
    status.textContent = status.dataset.copied;
  } catch {
    // Only a safe connection (https) may write to the clipboard.
    status.textContent = `${status.dataset.byHand} ${address}`;
  }
});

watch.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-search]")) return;
  event.preventDefault();
  search(event.target).catch(() => event.target.submit());
});
