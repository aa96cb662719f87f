// The hall on a conflict's page: the contested seat and those the loser may have; a click chooses one, as the list does.

const hall = document.getElementById("contested-hall");
if (hall) start(hall);

function start(hall) {
  const seats = [...hall.querySelectorAll("[data-l]")]; // in layout order, as the letters of a state string
  const list = document.querySelector("select[name=new_seat]");
  const offered = new Set(list ? [...list.options].map((option) => option.value).filter(Boolean) : []);

  function show() {
    for (const seat of seats) seat.classList.toggle("is-chosen", seat.dataset.l === list?.value);
  }

  seats.forEach((seat, place) => {
    seat.dataset.state = hall.dataset.states[place];
    seat.classList.toggle("is-contested", seat.dataset.l === hall.dataset.contested);
    seat.classList.toggle("is-offered", offered.has(seat.dataset.l));
  });
  hall.addEventListener("click", (event) => {
    const label = event.target.closest("[data-l]")?.dataset.l;
    if (!offered.has(label)) return;
    list.value = label;
    list.dispatchEvent(new Event("change"));
  });
  list?.addEventListener("change", show);
  show();
}
