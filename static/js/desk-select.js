// Select2, as the admin draws it: its fields have no names, and a sign for the mouse stands in a list.

const NAMELESS = ".select2-search__field:not([aria-label]), .select2-selection__rendered[role=textbox]:not([aria-label])";

function mend() {
  for (const field of document.querySelectorAll(NAMELESS)) {
    const select = field.closest(".select2-container")?.previousElementSibling;
    field.setAttribute("aria-label", select?.labels?.[0]?.textContent.trim() || document.title);
  }
  for (const sign of document.querySelectorAll("ul > .select2-selection__clear:not([aria-hidden])")) {
    sign.setAttribute("aria-hidden", "true"); // Backspace does the same
  }
}

new MutationObserver(mend).observe(document.documentElement, { childList: true, subtree: true });
