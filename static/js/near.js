// "Near me": the city whose cinemas are nearest, by the browser's geolocation. Asked for by a tap, never by itself.

const button = document.querySelector("[data-near]");
const said = document.querySelector("[data-near-said]");
const cities = [...document.querySelectorAll(".city[data-latitude]")];

if (button && navigator.geolocation) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.classList.add("is-busy");
    navigator.geolocation.getCurrentPosition(({ coords }) => go(coords), refuse, { timeout: 8000, maximumAge: 600000 });
  });
}

function go({ latitude, longitude }) {
  // To a hundredth of a degree, a kilometre: enough for the order of cinemas, too little to find anybody.
  const place = [latitude, longitude].map((degrees) => degrees.toFixed(2)).join(",");
  document.cookie = `near=${place}; path=/; max-age=86400; samesite=lax`;
  if (button.dataset.go) {
    location.href = button.dataset.go;
    return;
  }
  const apart = ({ dataset }) => {
    const east = (dataset.longitude - longitude) * Math.cos((latitude * Math.PI) / 180);
    return Math.hypot(dataset.latitude - latitude, east);
  };
  location.href = cities.reduce((nearest, city) => (apart(city) < apart(nearest) ? city : nearest)).href;
}

function refuse() {
  button.classList.remove("is-busy");
  button.hidden = true;
  said.textContent = button.dataset.refused;
  said.hidden = false;
}
