// How long something still lasts, in words that count down: the last minutes to the second.

const TO_THE_SECOND_MS = 10 * 60_000;

/** `next`: milliseconds until the words change. */
export function countdown(left) {
  if (left <= TO_THE_SECOND_MS) {
    const seconds = Math.ceil(left / 1000);
    return { words: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`, next: left % 1000 || 1000 };
  }
  const minutes = Math.ceil(left / 60_000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const parts = [hours > 0 && `${hours} h`, (rest > 0 || hours === 0) && `${rest} min`].filter(Boolean);
  return { words: parts.join(" "), next: left % 60_000 || 60_000 };
}
