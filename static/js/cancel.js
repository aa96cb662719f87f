// Which tickets to give back: what comes back for them is shown anew at once, so that nobody agrees to another sum.

const form = document.querySelector("[data-which]");

form?.addEventListener("change", ({ target }) => {
  if (form.querySelector(":checked")) form.requestSubmit();
  else target.checked = true; // none would mean all
});
