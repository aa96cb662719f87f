// Comforts of the ticket page: print, hand a link on, show a code as large as the screen, and notice what changed.

const EVERY = 20_000; // ms between two looks whether a ticket was used, moved or given back

document.querySelector("[data-print]")?.addEventListener("click", () => print());

for (const link of document.querySelectorAll("[data-share]"))
  link.addEventListener("click", async (event) => {
    if (!navigator.share && !navigator.clipboard) return; // then it is a plain link
    event.preventDefault();
    try {
      if (navigator.share) await navigator.share({ title: link.dataset.share, url: link.href });
      else {
        await navigator.clipboard.writeText(link.href);
        link.lastChild.textContent = link.dataset.copied;
      }
    } catch (error) {
      if (error.name !== "AbortError") location.href = link.href; // closing the sheet is no reason to go there
    }
  });

// The code, large
const large = document.getElementById("large");
const codes = large?.querySelector("[data-codes]");
let awake;

function fill() {
  codes.replaceChildren();
  for (const ticket of document.querySelectorAll('[data-pass="valid"]')) {
    const page = document.createElement("figure");
    page.dataset.of = ticket.id;
    page.append(ticket.querySelector("[data-code] svg").cloneNode(true));
    const name = document.createElement("figcaption");
    name.textContent = ticket.querySelector(".ticket__seat").textContent;
    page.append(name);
    codes.append(page);
  }
  for (const step of large.querySelectorAll("[data-step]")) step.hidden = codes.children.length < 2;
}

async function open(ticket) {
  fill();
  large.showModal();
  codes.querySelector(`[data-of="${CSS.escape(ticket.id)}"]`)?.scrollIntoView({ inline: "start", block: "nearest" });
  try {
    awake = await navigator.wakeLock?.request("screen"); // else it would go dark in the queue
  } catch {} // the battery is low: then it may
}

if (large) {
  for (const button of document.querySelectorAll("[data-large]"))
    button.addEventListener("click", () => open(button.closest(".ticket")));
  for (const button of large.querySelectorAll("[data-step]"))
    button.addEventListener("click", () => codes.scrollBy({ left: Number(button.dataset.step) * codes.clientWidth }));
  large.querySelector("[data-close]").addEventListener("click", () => large.close());
  large.addEventListener("close", () => awake?.release());
}

// What became of them
const passes = document.querySelector("[data-passes]");

async function look() {
  if (document.visibilityState !== "visible" || large?.open) return;
  try {
    const answer = await fetch(passes.dataset.state, { headers: { Accept: "application/json" } });
    if (answer.ok && (await answer.json()).state !== passes.dataset.passes) location.reload();
  } catch {} // no network: the next look
}

if (passes?.dataset.state) {
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}
