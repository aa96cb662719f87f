// Closer and further: buttons, pinch, Ctrl and wheel. Panning is the browser's own scrolling.

const WORKING = 44; // px from seat to seat at which a finger hits one
const HITTABLE = 26;
const COMFORTABLE = 30; // for a mouse; down to this the hall shrinks to be seen whole

export class Zoom {
  constructor(frame, svg, pitch) {
    this.frame = frame;
    this.svg = svg;
    this.pitch = pitch;
    this.natural = svg.viewBox.baseVal.width;
    this.fit();
    frame.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    frame.addEventListener("touchstart", (event) => this.#pinchStart(event), { passive: true });
    frame.addEventListener("touchmove", (event) => this.#pinchMove(event), { passive: false });
    addEventListener("resize", () => this.isFitted && this.fit());
  }

  get least() {
    const wide = this.frame.clientWidth / this.natural;
    const tall = parseFloat(getComputedStyle(this.frame).maxHeight) / this.svg.viewBox.baseVal.height;
    return Math.min(wide, (WORKING + 4) / this.pitch, Math.max(tall, COMFORTABLE / this.pitch));
  }

  /** Whether a finger (not a mouse) would have to guess which seat it hits. */
  isTooSmall() {
    return matchMedia("(pointer: coarse)").matches && this.scale * this.pitch < HITTABLE;
  }

  fit() {
    this.isFitted = true;
    this.#set(this.least);
  }

  by(factor) {
    const box = this.frame.getBoundingClientRect();
    this.to(this.scale * factor, box.left + box.width / 2, box.top + box.height / 2);
  }

  working(clientX, clientY) {
    this.to(WORKING / this.pitch, clientX, clientY);
  }

  /** Scale so that what lies under the point stays there. */
  to(scale, clientX, clientY) {
    const box = this.frame.getBoundingClientRect();
    const [atX, atY] = [clientX - box.left, clientY - box.top];
    const [x, y] = [(this.frame.scrollLeft + atX) / this.scale, (this.frame.scrollTop + atY) / this.scale];
    const next = Math.min(Math.max(scale, this.least), 2.2);
    this.isFitted = next <= this.least * 1.01;
    this.#set(next);
    this.frame.scrollTo(x * next - atX, y * next - atY);
  }

  #set(scale) {
    this.scale = scale;
    this.svg.style.width = `${this.natural * scale}px`;
    this.frame.dispatchEvent(new CustomEvent("zoomed"));
  }

  #wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.to(this.scale * Math.exp(-event.deltaY / 300), event.clientX, event.clientY);
  }

  #pinchStart(event) {
    if (event.touches.length === 2) this.pinch = { apart: apart(event.touches), scale: this.scale };
  }

  #pinchMove(event) {
    if (event.touches.length !== 2 || !this.pinch) return;
    event.preventDefault();
    const [one, other] = event.touches;
    const middle = [(one.clientX + other.clientX) / 2, (one.clientY + other.clientY) / 2];
    this.to((this.pinch.scale * apart(event.touches)) / this.pinch.apart, ...middle);
  }
}

function apart([one, other]) {
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
}
