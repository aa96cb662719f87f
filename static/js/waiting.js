// A page that waits for money looks again by itself: every 3 s, later every 10 s, never while nobody sees it.

const waiting = document.querySelector("[data-waiting]");
const opened = Date.now();

async function look() {
  if (document.hidden) return later();
  try {
    const answer = await fetch(waiting.dataset.waiting, { headers: { Accept: "application/json" } });
    if (answer.ok && (await answer.json()).state !== waiting.dataset.state) return location.reload();
  } catch {
    // Offline for a moment: the next look may do.
  }
  return later();
}

function later() {
  setTimeout(look, Date.now() - opened < 60_000 ? 3000 : 10_000);
}

if (waiting) later();
