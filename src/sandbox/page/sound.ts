/** Seconds. */
const [BEEP, PAUSE, ROUND] = [0.4, 0.2, 3];

let audio: AudioContext | null = null;
let ringing: ReturnType<typeof setInterval> | null = null;

/** Two short tones every three seconds, as a British phone rings, for as long as it is asked for. */
export function ring(isOn: boolean): void {
  if (!isOn) {
    if (ringing !== null) clearInterval(ringing);
    ringing = null;
    return;
  }
  if (ringing !== null) return;
  ringOnce();
  ringing = setInterval(ringOnce, ROUND * 1000);
}

function ringOnce(): void {
  // Browsers let a page sound only once somebody has touched it.
  if (!navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  const start = audio.currentTime;
  for (const at of [start, start + BEEP + PAUSE]) {
    for (const frequency of [400, 450]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      volume.gain.setValueAtTime(0.06, at);
      volume.gain.linearRampToValueAtTime(0, at + BEEP);
      tone.frequency.value = frequency;
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + BEEP);
    }
  }
}

export function speak(text: string, language: string | null): void {
  if (!('speechSynthesis' in window)) return;
  const utterance = new SpeechSynthesisUtterance(text);
  if (language !== null) utterance.lang = language;
  speechSynthesis.speak(utterance);
}

export function silence(): void {
  if ('speechSynthesis' in window) speechSynthesis.cancel();
}
