// Captions as they are said. The page shows the last ones by itself and reads itself anew without this; here they
// come one by one, in their order, and what is corrected changes in place.

const list = document.querySelector("[data-captions]");
const empty = document.querySelector("[data-captions-empty]");
const state = document.querySelector("[data-captions-state]");
const latest = document.querySelector("[data-captions-latest]");
const KEPT = 300;

let after = Number(list.dataset.after);

const atEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < 60;
const toEnd = () => {
  list.scrollTop = list.scrollHeight;
  latest.hidden = true;
};

// Cues stand in the order of (place, seq): one that comes late goes where it belongs.
const isBefore = (line, cue) =>
  Number(line.dataset.place) - cue.place || Number(line.dataset.seq) - cue.seq;

function show(cue) {
  const follows = atEnd();
  let line = list.querySelector(`[data-cue="${cue.id}"]`);
  if (cue.state === "withdrawn") {
    line?.remove();
    return;
  }
  if (!line) {
    line = document.createElement("p");
    Object.assign(line.dataset, { cue: cue.id, place: cue.place, seq: cue.seq });
    let next = null;
    for (let other = list.lastElementChild; other && isBefore(other, cue) > 0; other = other.previousElementSibling) {
      next = other;
    }
    list.insertBefore(line, next);
    if (list.children.length > KEPT) list.firstElementChild.remove();
  }
  line.textContent = cue.text;
  line.classList.toggle("partial", cue.state === "partial");
  empty.hidden = true;
  if (follows) toEnd();
  else latest.hidden = false;
}

function listen() {
  const source = new EventSource(`${list.dataset.captions}?after=${after}`);
  source.addEventListener("open", () => (state.textContent = ""));
  source.addEventListener("cue", (event) => {
    after = Math.max(after, Number(event.lastEventId));
    show(JSON.parse(event.data));
  });
  source.addEventListener("error", () => {
    state.textContent = state.dataset.lost;
    // A browser comes back by itself from a broken line, but not from a server that was away for a moment.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000 + Math.random() * 4000);
  });
}

latest.addEventListener("click", toEnd);
list.addEventListener("scroll", () => atEnd() && (latest.hidden = true));
toEnd();
listen();
