// Keeps the tickets somebody opened, so that they open without a network. Scope: /bookings/, nothing else of the site.
//
// What is kept is the copy a ticket page names: codes and seats, no name, no address, no other page. It goes when the
// show is over, when somebody else opens tickets in this browser, when the site no longer gives it out, at sign-out (the
// answer to that clears the whole storage), and when its owner says that this is not their device.

const STORE = "tickets-1"; // another format of copies: another number, and the old ones go
const PATIENCE = 5000; // ms until a network that does not answer counts as none

const pathOf = (url) => new URL(url).pathname;
const isTicket = (path) => /^\/bookings\/(seat\/[\w-]+|[0-9a-f-]{36})\/$/.test(path);
const store = () => caches.open(STORE);

addEventListener("install", () => skipWaiting());

addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== STORE) await caches.delete(name);
  await tidy();
  await clients.claim();
})()));

addEventListener("message", (event) => {
  const { type, page, copy, who, until } = event.data;
  const answer = (said) => event.ports[0]?.postMessage(said);
  const work = { keep: () => keep(page, copy, who, until), drop: () => drop(pathOf(page)) }[type];
  if (work) event.waitUntil(work().then(answer, () => answer(false)));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode !== "navigate" || request.method !== "GET" || !isTicket(pathOf(request.url))) return;
  event.respondWith(open(event));
});

async function open({ request }) {
  const path = pathOf(request.url);
  const kept = await find(path);
  const asked = fetch(request);
  if (!kept) return asked;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([asked.catch(() => undefined), late]);
  if (!answer || answer.status >= 500) return kept;
  if ([403, 404, 410].includes(answer.status)) await drop(path);
  return answer;
}

async function keep(page, copy, who, until) {
  await tidy(who);
  const answer = await fetch(copy, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok || answer.redirected || Date.parse(until) <= Date.now()) {
    await drop(pathOf(page));
    return false;
  }
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-For", who);
  headers.set("X-Kept-Until", until);
  await (await store()).put(pathOf(page), new Response(await answer.blob(), { headers }));
  return true;
}

async function drop(path) {
  return (await store()).delete(path);
}

async function find(path) {
  await tidy();
  return (await store()).match(path);
}

// Out goes what is over, and what another person kept.
async function tidy(who) {
  const kept = await store();
  for (const request of await kept.keys()) {
    const { headers } = await kept.match(request);
    const isOver = !(Date.parse(headers.get("X-Kept-Until")) > Date.now());
    if (isOver || (who && headers.get("X-Kept-For") !== who)) await kept.delete(request);
  }
}
