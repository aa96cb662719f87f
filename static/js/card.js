// Paying by card: Stripe's element takes the card and gives it to Stripe. We only say for which payment, then ask anew.

const form = document.querySelector("[data-card]");
const said = form.querySelector("[data-said]");
const button = form.querySelector("button");
// An error after the charge, as when the answer was lost and the buyer pressed again.
const ENDS = ["succeeded", "processing"];

function say(words) {
  said.textContent = words;
  said.hidden = !words;
}

function busy(is) {
  button.disabled = is;
  button.classList.toggle("is-busy", is);
}

/** The frame is another site's and inherits nothing. */
function looks() {
  const { color } = getComputedStyle(form);
  return { base: { color, iconColor: color, fontSize: "16px", "::placeholder": { color: "#8a8194" } } };
}

function open() {
  const stripe = window.Stripe(form.dataset.key);
  const card = stripe.elements().create("card", { style: looks(), hidePostalCode: true });
  card.mount("#card");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    busy(true);
    say("");
    const done = await stripe.confirmCardPayment(form.dataset.secret, { payment_method: { card } });
    // Only the server's own question decides what became of it; it answers with the page where the booking belongs.
    if (!done.error || ENDS.includes(done.error.payment_intent?.status)) return location.reload();
    const isForBuyer = ["card_error", "validation_error"].includes(done.error.type);
    say((isForBuyer && done.error.message) || form.dataset.trouble);
    busy(false);
  });
}

if (window.Stripe) {
  open();
} else {
  button.disabled = true;
  say(form.dataset.missing);
}
