// The list of what can be sold now.

import { digits } from "../numbers.js";

/** What begins when, by the server's clock. */
export class Shows {
  constructor(list, filter, { words, choose }) {
    Object.assign(this, { list, filter, words, choose });
    this.all = [];
    this.current = null;
    filter.addEventListener("input", () => this.draw());
  }

  replace({ serverTime, shows }) {
    this.all = shows;
    this.ahead = Date.parse(serverTime) - Date.now();
    this.isMany = new Set(shows.map((show) => show.cinema)).size > 1;
    this.draw();
  }

  fitting() {
    const wanted = this.filter.value.trim().toLowerCase();
    return this.all.filter((show) => `${show.title} ${show.hall} ${show.cinema} ${time(show)}`.toLowerCase().includes(wanted));
  }

  draw() {
    const rows = this.fitting().map((show, n) => this.#row(show, n));
    if (!rows.length) rows.push(element("li", "muted", this.words.no_shows));
    this.list.replaceChildren(...rows);
  }

  #row(show, n) {
    const button = element("button");
    button.type = "button";
    button.setAttribute("aria-current", String(this.current === show.id));
    const key = element(n < 9 ? "kbd" : "span", "", n < 9 ? String(n + 1) : "");
    const title = element("span", "counter__name", show.title);
    const place = this.isMany ? `${show.cinema}, ${show.hall}` : show.hall;
    title.append(element("small", "", [place, show.format, this.#begins(show)].join(" · ")));
    const left = element("span", "counter__left", String(show.available));
    left.append(element("small", "", this.words.free));
    if (show.available === 0) left.replaceChildren(element("small", "", this.words.sold_out));
    button.append(key, element("strong", "", clock(show)), title, left);
    button.addEventListener("click", () => this.choose(show));
    const item = element("li");
    item.append(button);
    return item;
  }

  #begins(show) {
    const minutes = Math.round((Date.parse(show.startsAt) - Date.now() - this.ahead) / 60000);
    if (minutes < 0) return this.words.running;
    return minutes < 90 ? this.words.in_minutes.replace("%s", digits(minutes)) : this.words.in_hours.replace("%s", digits(Math.round(minutes / 60)));
  }
}

export function clock(show) {
  return digits(time(show));
}

/** The same with the day before it, unless that is today. */
export function moment(show) {
  const day = (at) => new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "numeric", timeZone: show.timeZone }).format(at);
  const at = new Date(show.startsAt);
  if (day(at) === day(new Date())) return clock(show);
  const said = new Intl.DateTimeFormat(document.documentElement.lang === "ne" ? "ne-u-nu-latn" : "en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: show.timeZone });
  return `${digits(said.format(at))}, ${clock(show)}`;
}

/** As it is typed into the filter. */
function time({ startsAt, timeZone }) {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(new Date(startsAt));
}

export function element(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}
