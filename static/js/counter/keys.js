// The keyboard: what is pressed faster than the server answers waits its turn, so 1 2 Enter C Enter may be typed blind.

const OURS = /^([0-9./+=\-ckpCKP]|Enter|Escape|Backspace|Arrow(Left|Right|Up|Down))$/;
const ONCE = /^(Enter|[ckpCKP])$/; // held down, they would sell and print again

export class Keys {
  /** press(key): does it and may take its time. isFree(): whether Escape may drop what waits. */
  constructor({ filter, cash, press, isFree }) {
    Object.assign(this, { filter, cash, press, isFree });
    this.waiting = [];
    document.addEventListener("keydown", (event) => this.#down(event));
    // A button that was clicked must not swallow the next Enter; one reached by Tab keeps it.
    document.addEventListener("pointerup", () => document.activeElement?.closest?.("button")?.blur());
  }

  /** Work that takes its turn among the keys. */
  queue(work) {
    this.waiting.push(work);
    this.#work();
  }

  #down(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !OURS.test(event.key)) return;
    if (document.querySelector("dialog[open]") || this.#isTheirs(event)) return;
    event.preventDefault();
    if (event.repeat && ONCE.test(event.key)) return;
    if (event.key === "Escape" && this.isFree()) this.waiting.length = 0;
    this.waiting.push(event.key === "=" ? "+" : event.key); // one key on most boards
    this.#work();
  }

  /** Whether the focused element wants the key for itself. */
  #isTheirs({ key }) {
    const at = document.activeElement;
    if (at === this.filter) return key !== "Enter" && key !== "Escape";
    if (at?.id === "voucher") return key !== "Escape";
    if (at === this.cash) return !/^(Enter|Escape|[ckCK])$/.test(key);
    return key === "Enter" && Boolean(at?.closest("button, summary, a"));
  }

  async #work() {
    if (this.isWorking) return;
    this.isWorking = true;
    while (this.waiting.length) {
      const next = this.waiting.shift();
      await (typeof next === "function" ? next() : this.press(next));
    }
    this.isWorking = false;
  }
}
