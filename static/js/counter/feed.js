// The live wire: watches one showtime, tells of changes, and asks every ten seconds while changes do not come by themselves.

const POLL_EVERY = 10_000;
const SILENT_AFTER = 26_000; // the server says its version about every 10 s

export class Feed {
  /** changed(message), resync(), live(bool): whether changes come at once. */
  constructor({ changed, resync, live }) {
    this.tell = { changed, resync, live };
    this.url = document.querySelector('meta[name="ws-url"]').content;
    this.showtime = null;
    this.pause = 500;
    this.isLive = false;
    setInterval(() => this.isLive || this.tell.resync(), POLL_EVERY);
    if (this.url) this.#open();
    else this.#become(false);
  }

  watch(showtime) {
    if (this.showtime) this.#say("unwatch:showtime", this.showtime);
    this.showtime = showtime;
    if (showtime) this.#say("watch:showtime", showtime);
  }

  #open() {
    this.socket = new WebSocket(`${this.url}/ws/showtimes`);
    this.socket.addEventListener("open", () => {
      this.pause = 500;
      this.#become(true);
      if (this.showtime) this.#say("watch:showtime", this.showtime);
      this.tell.resync();
    });
    this.socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(data)));
    this.socket.addEventListener("close", () => {
      clearTimeout(this.silence);
      this.#become(false);
      setTimeout(() => this.#open(), this.pause * (0.5 + Math.random()));
      this.pause = Math.min(this.pause * 2, 15_000);
    });
  }

  #hear(message) {
    clearTimeout(this.silence);
    if (message.showtimeId !== this.showtime) return;
    this.silence = setTimeout(() => this.showtime && this.socket.close(), SILENT_AFTER);
    if (message.type === "seats:updated") this.tell.changed(message);
    else if (message.type === "resync") this.tell.resync();
    else if (message.type === "version" || message.type === "watching") {
      this.#become(message.live !== false);
      this.tell.changed({ version: message.version, previousVersion: message.version, seats: [] });
    }
  }

  #become(isLive) {
    this.isLive = isLive;
    this.tell.live(isLive);
  }

  #say(action, showtimeId) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ action, showtimeId }));
  }
}
