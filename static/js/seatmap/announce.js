// One polite voice for screen readers: what happens within a moment is said in one breath.

const region = document.getElementById("announce");
let waiting = [];
let timer = 0;

export function announce(text) {
  if (!region || !text) return;
  waiting = [...waiting.filter((said) => said !== text), text].slice(-4);
  clearTimeout(timer);
  timer = setTimeout(() => {
    region.textContent = waiting.join(" ");
    waiting = [];
  }, 700);
}
