// The live wire: watches one showtime, tells of changes, and says when only asking again will do.

export class Feed {
  constructor({ changed, resync, live }) {
    this.tell = { changed, resync, live };
    this.url = document.querySelector('meta[name="ws-url"]').content;
    this.showtime = null;
    this.pause = 500;
    if (this.url) this.#open();
    this.timer = setInterval(() => { if (!this.isOpen()) this.tell.resync(); }, 10000);
  }

  isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  watch(showtime) {
    if (this.showtime && this.isOpen()) this.#say("unwatch:showtime", this.showtime);
    this.showtime = showtime;
    if (showtime && this.isOpen()) this.#say("watch:showtime", showtime);
  }

  #open() {
    this.socket = new WebSocket(`${this.url}/ws/showtimes`);
    this.socket.addEventListener("open", () => {
      this.pause = 500;
      this.tell.live(true);
      if (this.showtime) { this.#say("watch:showtime", this.showtime); this.tell.resync(); }
    });
    this.socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(data)));
    this.socket.addEventListener("close", () => {
      this.tell.live(false);
      setTimeout(() => this.#open(), this.pause * (0.5 + Math.random()));
      this.pause = Math.min(this.pause * 2, 15000);
    });
  }

  #hear(message) {
    if (message.showtimeId !== this.showtime) return;
    if (message.type === "seats:updated") this.tell.changed(message);
    else if (message.type === "resync") this.tell.resync();
    else if (message.type === "version" || message.type === "watching") {
      this.tell.live(message.live !== false);
      this.tell.changed({ version: message.version, previousVersion: message.version, seats: [] });
    }
  }

  #say(action, showtimeId) {
    this.socket.send(JSON.stringify({ action, showtimeId }));
  }
}
