// The small map of the desk: seats chosen by click or by dragging, kept in step with the list; states follow the sales.

const EVERY = 2000; // ms between two looks at the states

const map = document.getElementById("map");
if (map) start(map);

function start(map) {
  const seats = [...map.querySelectorAll(".seat")];
  const list = document.querySelector("select[name=seats]");
  const options = new Map(list ? [...list.options].map((option) => [option.value, option]) : []);
  const names = Object.fromEntries(
    [...document.querySelectorAll(".hall-legend [data-state]")].map((sample) => [
      sample.dataset.state,
      sample.parentElement.firstChild.nextSibling.textContent.trim(),
    ]),
  );

  const isChosen = (seat) => seat.classList.contains("is-chosen");

  function choose(seat, on) {
    seat.classList.toggle("is-chosen", on);
    const option = options.get(seat.dataset.seat);
    if (option) option.selected = on;
    count();
  }

  function count() {
    for (const place of document.querySelectorAll("[data-count]")) {
      const code = place.dataset.count;
      place.textContent = seats.filter((seat) => (code === "chosen" ? isChosen(seat) : seat.dataset.state === code)).length;
    }
  }

  function show(states) {
    seats.forEach((seat, place) => {
      if (seat.dataset.state === states[place]) return;
      seat.dataset.state = states[place];
      const word = `${seat.dataset.seat} · ${names[states[place]] ?? ""}`;
      seat.querySelector("title").textContent = word;
      const option = options.get(seat.dataset.seat);
      if (option) option.textContent = word;
    });
    count();
  }

  function follow() {
    let known = Number(map.dataset.version);
    setInterval(async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch("?state", { headers: { Accept: "application/json" } });
        if (!answer.ok) return;
        const { version, state } = await answer.json();
        if (version < known) return;
        known = version;
        show(state);
      } catch {
        // The next look is two seconds away.
      }
    }, EVERY);
  }

  function listen() {
    let painting = null; // true: choosing, false: unchoosing, null: not dragging
    map.addEventListener("pointerdown", (event) => {
      const seat = event.target.closest(".seat");
      if (!seat || event.button !== 0) return;
      event.preventDefault();
      seat.releasePointerCapture?.(event.pointerId);
      painting = !isChosen(seat);
      choose(seat, painting);
    });
    map.addEventListener("pointerover", (event) => {
      const seat = painting === null ? null : event.target.closest(".seat");
      if (seat) choose(seat, painting);
    });
    addEventListener("pointerup", () => (painting = null));
    addEventListener("pointercancel", () => (painting = null));
    list?.addEventListener("change", () => {
      for (const seat of seats) seat.classList.toggle("is-chosen", options.get(seat.dataset.seat)?.selected ?? false);
      count();
    });
  }

  show(map.dataset.states);
  for (const seat of seats) if (options.get(seat.dataset.seat)?.selected) seat.classList.add("is-chosen");
  count();
  if (list) listen();
  follow();
}
