// Takes the buyer on to the gateway by itself; not when they came back to this page by the browser's button.

const [arrival] = performance.getEntriesByType("navigation");
const way = document.querySelector("[data-hand-over]");

if (way && arrival?.type !== "back_forward") {
  if (way instanceof HTMLFormElement) way.submit();
  else location.assign(way.href);
}
