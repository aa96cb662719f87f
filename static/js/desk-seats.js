// The small map of the desk: seats chosen by click or by dragging, kept in step with the list; states follow the sales.

const EVERY = 2000; // ms between two looks at the states

const hall = document.getElementById("hall");
if (hall) start(hall);

function start(hall) {
  const seats = [...hall.querySelectorAll("[data-l]")]; // in layout order, as the letters of a state string
  const list = document.querySelector("select[name=seats]");
  const options = new Map(list ? [...list.options].map((option) => [option.value, option]) : []);
  const samples = [...document.querySelectorAll(".hall-legend [data-state]")];
  const names = Object.fromEntries(samples.map((sample) => [sample.dataset.state, sample.title]));

  const isChosen = (seat) => seat.classList.contains("is-chosen");

  function choose(seat, on) {
    seat.classList.toggle("is-chosen", on);
    const option = options.get(seat.dataset.l);
    if (option) option.selected = on;
    count();
  }

  function title(seat) {
    return seat.querySelector("title") ?? seat.appendChild(document.createElementNS(seat.namespaceURI, "title"));
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
      const word = `${seat.dataset.l} · ${names[states[place]] ?? ""}`;
      title(seat).textContent = word;
      const option = options.get(seat.dataset.l);
      if (option) option.textContent = word;
    });
    count();
  }

  function follow() {
    let known = Number(hall.dataset.version);
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
    let isTouch = false; // a finger scrolls the map by dragging, so it chooses by tapping
    hall.addEventListener("pointerdown", (event) => {
      const seat = event.target.closest("[data-l]");
      isTouch = event.pointerType === "touch";
      if (!seat || isTouch || event.button !== 0) return;
      event.preventDefault();
      seat.releasePointerCapture?.(event.pointerId);
      painting = !isChosen(seat);
      choose(seat, painting);
    });
    hall.addEventListener("pointerover", (event) => {
      const seat = painting === null ? null : event.target.closest("[data-l]");
      if (seat) choose(seat, painting);
    });
    hall.addEventListener("click", (event) => {
      const seat = isTouch ? event.target.closest("[data-l]") : null;
      if (seat) choose(seat, !isChosen(seat));
    });
    addEventListener("pointerup", () => (painting = null));
    addEventListener("pointercancel", () => (painting = null));
    list?.addEventListener("change", () => {
      for (const seat of seats) seat.classList.toggle("is-chosen", options.get(seat.dataset.l)?.selected ?? false);
      count();
    });
  }

  show(hall.dataset.states);
  for (const seat of seats) if (options.get(seat.dataset.l)?.selected) seat.classList.add("is-chosen");
  count();
  if (list) listen();
  follow();
}
