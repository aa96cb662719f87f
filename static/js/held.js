// The details of a hold: when it loses a seat, the page says so at once and keeps what has been typed.

import { attach } from "./countdown.js";
import { watch } from "./holdnews.js";

const place = document.querySelector("[data-hold][data-live]");
let known = place?.textContent.trim();

/** Read the page anew and take over the parts that tell of the seats, none of the fields. */
async function refresh() {
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => undefined);
  if (!answer) return;
  if (answer.redirected || !answer.ok) {
    location.reload(); // it has become something else: the server knows what
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!fresh) continue;
    if (part.dataset.live === "time") {
      Object.assign(part.dataset, { until: fresh.dataset.until, serverNow: fresh.dataset.serverNow });
      attach(part);
    } else if (part.innerHTML !== fresh.innerHTML) {
      part.replaceChildren(...fresh.childNodes);
    }
  }
  const said = place.textContent.trim();
  if (said !== known && said) place.scrollIntoView({ block: "nearest" });
  known = said;
}

if (place) {
  const wsUrl = document.querySelector('meta[name="ws-url"]').content;
  let isFirst = true;
  watch(wsUrl, place.dataset.hold, (message) => {
    // The first word after opening only says that we are heard; what happened since the page was made comes with it.
    if (message.type === "hold:changed" || !isFirst) refresh();
    else if (Date.now() - performance.timeOrigin > 5000) refresh();
    isFirst = false;
  });
}
