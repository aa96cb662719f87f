// Keeps the seats as they are: pushed over the websocket, fetched when something was missed, polled when push is down.

const POLL_EVERY = 10_000;
const SILENT_AFTER = 26_000; // the server says its version about every 10 s

export class Live {
  /**
   * onMode("live" | "slow"): whether changes come at once or by asking. holdId(): our hold, if there is one;
   * onHold(message): what became of it, or nothing but a reason to ask.
   */
  constructor(seats, { wsUrl, stateUrl, showtimeId, onMode, holdId, onHold }) {
    Object.assign(this, { seats, wsUrl, stateUrl, showtimeId, onMode, holdId, onHold });
    this.failures = 0;
    this.mode = "";
    document.addEventListener("visibilitychange", () => document.hidden || this.#woke());
    addEventListener("online", () => this.#woke());
    addEventListener("pagehide", () => this.socket?.close());
    addEventListener("pageshow", (event) => event.persisted && this.#woke());
    this.#connect();
  }

  #connect() {
    clearTimeout(this.reconnecting);
    if (!this.wsUrl) {
      this.#become("slow");
      return;
    }
    const socket = new WebSocket(`${this.wsUrl}/ws/showtimes`);
    this.socket = socket;
    socket.addEventListener("open", () => {
      socket.send(JSON.stringify({ action: "watch:showtime", showtimeId: this.showtimeId }));
      if (this.holdId()) socket.send(JSON.stringify({ action: "watch:hold", holdId: this.holdId() }));
      this.#heard();
    });
    socket.addEventListener("message", (event) => {
      this.#heard();
      const message = JSON.parse(event.data);
      if (message.showtimeId === this.showtimeId) this.#receive(message);
      if (message.holdId && message.holdId === this.holdId()) this.onHold(message);
    });
    socket.addEventListener("close", () => socket === this.socket && this.#lost());
  }

  #receive(message) {
    switch (message.type) {
      case "watching":
        this.failures = 0;
        this.#become("live");
        if (message.version !== this.seats.version) this.refresh();
        break;
      case "seats:updated":
        if (!this.seats.change(message)) this.refresh();
        break;
      case "resync":
        this.refresh();
        break;
      case "version":
        this.#become(message.live ? "live" : "slow");
        if (message.version > this.seats.version) this.refresh();
        break;
    }
  }

  #heard() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.socket.close(), SILENT_AFTER);
  }

  #lost() {
    clearTimeout(this.silence);
    this.socket = undefined;
    this.failures += 1;
    if (this.failures > 1) this.#become("slow");
    else this.refresh();
    const wait = Math.min(30_000, 1000 * 2 ** Math.min(this.failures, 5)) * (0.5 + Math.random() / 2);
    this.reconnecting = setTimeout(() => this.#connect(), wait);
  }

  #woke() {
    this.refresh();
    if (this.wsUrl && !this.socket) this.#connect();
  }

  #become(mode) {
    if (mode === this.mode) return;
    this.mode = mode;
    clearInterval(this.polling);
    if (mode === "slow") {
      this.polling = setInterval(() => document.hidden || this.refresh(), POLL_EVERY);
      this.refresh();
    }
    this.onMode(mode);
  }

  /** Ask for the whole state. Asked again while asking, it asks once more afterwards. */
  async refresh() {
    if (this.asking) {
      this.isStale = true;
      return;
    }
    this.asking = true;
    this.isStale = false;
    try {
      const response = await fetch(this.stateUrl, { cache: "no-cache" });
      if (response.ok) this.seats.replace(await response.json());
    } catch {
      // No network: the next poll or the browser's "online" asks again.
    } finally {
      this.asking = false;
      if (this.isStale) this.refresh();
    }
  }
}
