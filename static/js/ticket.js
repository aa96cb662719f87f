// Comforts of the ticket page: print, and hand the link on.

document.querySelector("[data-print]")?.addEventListener("click", () => print());

document.querySelector("[data-share]")?.addEventListener("click", async (event) => {
  const link = event.currentTarget;
  if (!navigator.share && !navigator.clipboard) return; // then it is a plain link
  event.preventDefault();
  try {
    if (navigator.share) await navigator.share({ title: link.dataset.share, url: link.href });
    else {
      await navigator.clipboard.writeText(link.href);
      link.lastChild.textContent = link.dataset.copied;
    }
  } catch {
    location.href = link.href;
  }
});
