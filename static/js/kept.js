// Has the service worker keep the tickets of this page, and lets their owner say that this is not their device.

const box = document.querySelector("[data-keep]");
const refused = `tickets-not-here:${location.pathname}`;

function show(isKept) {
  box.hidden = false;
  for (const one of box.querySelectorAll("[data-kept], [data-unkeep]")) one.hidden = !isKept;
  for (const one of box.querySelectorAll("[data-not-kept], [data-rekeep]")) one.hidden = isKept;
}

function ask(worker, message) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => resolve(event.data);
    worker.postMessage({ page: location.href, ...message }, [port2]);
  });
}

async function start() {
  const { keep, worker, for: who, until } = box.dataset;
  await navigator.serviceWorker.register(worker, { scope: "/bookings/" });
  const { active } = await navigator.serviceWorker.ready;
  const hold = () => ask(active, { type: "keep", copy: new URL(keep, location.href).href, who, until });
  const letGo = () => ask(active, { type: "drop" });

  box.querySelector("[data-unkeep]").addEventListener("click", async () => {
    localStorage.setItem(refused, "1");
    await letGo();
    show(false);
  });
  box.querySelector("[data-rekeep]").addEventListener("click", async () => {
    localStorage.removeItem(refused);
    show(await hold());
  });

  if (localStorage.getItem(refused)) {
    await letGo();
    show(false);
  } else if (await hold()) show(true);
}

if (box && "serviceWorker" in navigator) start().catch(() => {}); // without it the page is as good as any other
