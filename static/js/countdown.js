// Time left by the server's clock. <p class="countdown" data-countdown data-until data-server-now><time/></p>

import { digits } from "./numbers.js";

const WARN_AT = [120, 60, 30];

/** How far the server's clock is ahead of this one, in ms, as seen at receipt. */
export function offsetOf(serverTime) {
  return Date.parse(serverTime) - Date.now();
}

export function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return digits(`${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`);
}

/**
 * Tick until the deadline. onTick(secondsLeft), onWarn(secondsLeft) at 2 min, 60 s and 30 s, onEnd() once.
 * Returns a function that stops it.
 */
export function countdown({ until, offset, onTick, onWarn = () => {}, onEnd = () => {} }) {
  const end = Date.parse(until) - offset;
  let before = Infinity;
  let timer = 0;
  const tick = () => {
    const left = (end - Date.now()) / 1000;
    onTick(Math.max(0, left));
    for (const mark of WARN_AT) if (before > mark && left <= mark && before !== Infinity && left > 0) onWarn(mark);
    before = left;
    if (left <= 0) {
      onEnd();
      return;
    }
    timer = setTimeout(tick, (left * 1000) % 1000 || 1000);
  };
  tick();
  return () => clearTimeout(timer);
}

const running = new WeakMap();

/** Run an element's own countdown, instead of the one it had; it dispatches "countdown:warn" (detail: seconds) and "countdown:end". */
export function attach(element) {
  const time = element.querySelector("time");
  running.get(element)?.();
  const stop = countdown({
    until: element.dataset.until,
    offset: offsetOf(element.dataset.serverNow),
    onTick(left) {
      time.textContent = clock(left);
      element.classList.toggle("countdown--short", left > 0 && left <= 60);
    },
    onWarn: (seconds) => element.dispatchEvent(new CustomEvent("countdown:warn", { bubbles: true, detail: seconds })),
    onEnd() {
      element.classList.add("countdown--over");
      element.dispatchEvent(new CustomEvent("countdown:end", { bubbles: true }));
    },
  });
  running.set(element, stop);
  return stop;
}

for (const element of document.querySelectorAll("[data-countdown][data-until]")) attach(element);
