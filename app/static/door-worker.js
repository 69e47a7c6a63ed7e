// Answers for the pages of the door while there is no network: with what was there when there was one.

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});

async function answer(request) {
  const cache = await caches.open("door");
  const isTicket = !registration.scope.includes("/manage/");
  try {
    const fresh = await fetch(request);
    if (fresh.ok && !fresh.redirected && !isTicket) await cache.put(request, fresh.clone());
    return fresh;
  } catch (fault) {
    if (isTicket && request.mode === "navigate") {
      // The page of a ticket is not kept, but the list knows whose it is.
      const token = new URL(request.url).pathname.split("/").filter(Boolean).pop();
      const kept = (await cache.keys()).find(({ url }) => new URL(url).pathname.endsWith("/check-in/"));
      if (kept) return Response.redirect(`${kept.url.split("?")[0]}#ticket=${token}`);
    }
    const kept = await cache.match(request, { ignoreSearch: request.mode === "navigate" });
    if (!kept) throw fault;
    return kept;
  }
}
