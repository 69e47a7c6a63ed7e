// Shows how far a piece of long work has got without loading the page anew. Without it the page does so by itself.

const shown = () => document.querySelector("[data-job]");

async function look() {
  try {
    const answer = await fetch(location.href);
    if (answer.redirected) return location.assign(answer.url);
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-job]");
    if (answer.ok && found) follow(found);
  } catch {
    // The network is away; ask again.
  }
  if (shown().dataset.job !== "over") setTimeout(look, 1000);
}

// While nothing but the count changes, only the count is touched, so that a button keeps its focus.
function follow(found) {
  const [bar, next] = [shown().querySelector("progress"), found.querySelector("progress")];
  if (bar?.max !== next?.max || !next?.hasAttribute("value")) return shown().replaceWith(document.adoptNode(found));
  bar.value = next.value;
  shown().querySelector("label").textContent = found.querySelector("label").textContent;
}

if (shown()) setTimeout(look, 1000);
