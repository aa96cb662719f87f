// What an outcome sounds and feels like, for whoever looks at the people and not at the screen.

const TONES = {
  // [Hz, seconds] one after the other
  good: [[880, 0.09], [1320, 0.14]],
  used: [[466, 0.12], [0, 0.06], [466, 0.12]],
  elsewhere: [[587, 0.14], [392, 0.22]],
  bad: [[165, 0.5]],
  unsure: [[330, 0.12], [0, 0.08], [330, 0.12], [0, 0.08], [330, 0.12]],
};
const SHAKES = { good: [60], used: [80, 60, 80], elsewhere: [80, 60, 80], bad: [350], unsure: [60, 60, 60] };

let context = null;

/** Browsers let a page sound only after somebody touched it. */
export function allow() {
  context ??= globalThis.AudioContext ? new AudioContext() : null;
  context?.resume();
}

export function play(kind) {
  navigator.vibrate?.(SHAKES[kind]);
  if (context?.state !== "running") return;
  let at = context.currentTime;
  for (const [pitch, seconds] of TONES[kind]) {
    if (pitch) tone(pitch, at, seconds);
    at += seconds;
  }
}

function tone(pitch, at, seconds) {
  const voice = new OscillatorNode(context, { type: "triangle", frequency: pitch });
  const loudness = new GainNode(context, { gain: 0 });
  loudness.gain.setTargetAtTime(0.5, at, 0.008);
  loudness.gain.setTargetAtTime(0, at + seconds - 0.03, 0.01);
  voice.connect(loudness).connect(context.destination);
  voice.start(at);
  voice.stop(at + seconds + 0.05);
}
