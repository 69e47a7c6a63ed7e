// Shows how far a piece of long work has got without loading the page anew. Without it the page does so by itself.
// `data-every` says after how many seconds it asks again, `data-told` marks more than the bar that changes.

const shown = () => document.querySelector("[data-job]");
const pause = () => 1000 * (shown().dataset.every ?? 1);
const told = (block) => [...block.querySelectorAll("label, [data-told]")];
const kinds = (block) => [block.dataset.job, ...told(block).map((element) => element.dataset.told)].join();

async function look() {
  try {
    const answer = await fetch(location.href);
    if (answer.redirected) return location.assign(answer.url);
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-job]");
    if (answer.ok && found) follow(found);
  } catch {
    // The network is away; ask again.
  }
  if (shown().dataset.job !== "over") setTimeout(look, pause());
}

// While nothing but the count changes, only the count is touched, so that a button keeps its focus.
function follow(found) {
  const [bar, next] = [shown().querySelector("progress"), found.querySelector("progress")];
  const alike = bar?.max === next?.max && next?.hasAttribute("value") && kinds(shown()) === kinds(found);
  if (!alike) return shown().replaceWith(document.adoptNode(found));
  bar.value = next.value;
  told(shown()).forEach((element, i) => (element.textContent = told(found)[i].textContent));
}

if (shown()) setTimeout(look, pause());
