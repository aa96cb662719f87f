// Details and payment: say how much time is left, offer the extension at the last minute, ask the server at the end.

const spoken = document.querySelector("[data-spoken]");
const extend = document.querySelector("[data-extend]");
const words = { 120: "twoMinutes", 60: "minute", 30: "half" };

document.addEventListener("countdown:warn", ({ detail: seconds }) => {
  if (spoken) spoken.textContent = spoken.dataset[words[seconds]] ?? "";
  if (seconds <= 60) extend?.classList.add("is-calling");
});

// Only the server knows whether it is over: it answers with what became of the seats.
document.addEventListener("countdown:end", () => setTimeout(() => location.reload(), 1500), { once: true });
