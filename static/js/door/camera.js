// The phone's camera as a scanner, by the browser's own BarcodeDetector. Where there is none, nothing of it is shown.

const LOOK_EVERY = 150;
const SAME_AGAIN_AFTER = 4_000; // a ticket that stays in the picture is one scan

export class Camera {
  /** scanned(text): a code came into the picture. failed(): the camera cannot be had. */
  constructor(button, view, { scanned, failed }) {
    Object.assign(this, { button, view, scanned, failed, last: "", lastAt: 0 });
    button.addEventListener("click", () => (this.stream ? this.#stop() : this.#start()));
    document.addEventListener("visibilitychange", () => document.hidden && this.#stop());
    this.#offer();
  }

  async #offer() {
    const kinds = (await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => [])) ?? [];
    if (!kinds.includes("qr_code") || !navigator.mediaDevices) return;
    this.detector = new BarcodeDetector({ formats: ["qr_code"] });
    this.button.hidden = false;
  }

  async #start() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      this.failed();
      return;
    }
    this.view.srcObject = this.stream;
    this.view.hidden = false;
    this.button.setAttribute("aria-pressed", "true");
    await this.view.play();
    this.#look();
  }

  #stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.view.hidden = true;
    this.view.srcObject = null;
    this.button.setAttribute("aria-pressed", "false");
  }

  async #look() {
    if (!this.stream) return;
    const [seen] = await this.detector.detect(this.view).catch(() => []);
    const isNew = seen && (seen.rawValue !== this.last || Date.now() - this.lastAt > SAME_AGAIN_AFTER);
    if (seen) [this.last, this.lastAt] = [seen.rawValue, Date.now()];
    if (isNew) this.scanned(seen.rawValue);
    setTimeout(() => this.#look(), LOOK_EVERY);
  }
}
