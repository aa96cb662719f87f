// Seats sold twice, on every page of the desk and at the counter: a badge that counts them, and for a new one a toast
// and two short notes. Browsers let a page sound only after it was touched, so the first click or key wakes the sound.

(() => {
  const ASK = "/desk/conflicts";
  const EVERY = 5_000;
  const SEEN = "conflicts-rung"; // per tab: a page that is opened anew does not ring again for what was rung for

  let audio = null;
  let timer = null;

  const wake = () => {
    audio ??= new AudioContext();
    audio.resume().catch(() => {});
  };

  function ring() {
    if (!audio || audio.state !== "running") return;
    [880, 660].forEach((pitch, n) => {
      const at = audio.currentTime + n * 0.22;
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.2);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.22);
    });
  }

  function element(kind, className, text = "") {
    const made = document.createElement(kind);
    made.className = className;
    made.textContent = text;
    return made;
  }

  function toast({ text, link, look }) {
    document.querySelector(".conflict-toast")?.remove();
    const box = element("div", "conflict-toast");
    box.setAttribute("role", "alert");
    const way = element("a", "conflict-toast__link", look);
    way.href = link;
    const close = element("button", "conflict-toast__close", "×");
    close.type = "button";
    close.setAttribute("aria-label", "×");
    close.addEventListener("click", () => box.remove());
    box.append(element("p", "", text), way, close);
    document.body.append(box);
  }

  function badge(count, link) {
    // At the counter a link of its own; at the desk the sidebar's entry carries the number.
    const own = document.getElementById("conflicts");
    if (own) {
      own.hidden = !count;
      own.href = link;
      own.querySelector("b").textContent = count;
    }
    const entry = document.querySelector(`#nav-sidebar a[href="${link}"], aside a[href="${link}"]`);
    if (!entry) return;
    let mark = entry.querySelector(".conflict-badge");
    if (!mark) {
      entry.querySelector("span.font-semibold")?.remove(); // the number this page was drawn with
      mark = entry.appendChild(element("span", "conflict-badge"));
    }
    mark.hidden = !count;
    mark.textContent = count;
  }

  async function look() {
    if (document.hidden) return;
    try {
      const answer = await fetch(ASK, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if ([401, 403, 404].includes(answer.status)) clearInterval(timer);
      if (!answer.ok) return;
      const { open, newest, link } = await answer.json();
      badge(open, link);
      if (newest && newest.id !== sessionStorage.getItem(SEEN)) {
        sessionStorage.setItem(SEEN, newest.id);
        toast(newest);
        ring();
      }
    } catch {
      // The next look is seconds away.
    }
  }

  function start() {
    if (!document.querySelector("#nav-sidebar, #conflicts")) return; // the login page: nobody to tell
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, wake, { capture: true });
    document.addEventListener("visibilitychange", look);
    timer = setInterval(look, EVERY);
    look();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
