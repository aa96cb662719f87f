// Select2, as the admin draws it for choosing many: a search field without a name, and a sign for the mouse in a list.

function mend() {
  for (const field of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
    const select = field.closest(".select2-container")?.previousElementSibling;
    field.setAttribute("aria-label", select?.labels?.[0]?.textContent.trim() || document.title);
  }
  for (const sign of document.querySelectorAll("ul > .select2-selection__clear:not([aria-hidden])")) {
    sign.setAttribute("aria-hidden", "true"); // Backspace does the same
  }
}

new MutationObserver(mend).observe(document.documentElement, { childList: true, subtree: true });
