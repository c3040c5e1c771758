// How a recording is encoded, and how long it may become.

const LONGEST_S = 600;
const SOUND_BITS = 128_000;
const BITS_A_PIXEL = 6;
const [FEWEST_BITS, MOST_BITS] = [1_000_000, 8_000_000];
/** An encoder keeps to its rate on average only. */
const MARGIN = 0.85;
/** MP4 wherever the browser can write it; every browser can write WebM. */
const TYPES = ["video/mp4;codecs=avc1.42E01F,mp4a.40.2", "video/mp4;codecs=avc1.42E01F,opus", "video/mp4", "video/webm;codecs=vp8,opus", "video/webm"];

/** Firefox waits for ever for the sound that a type names and the stream lacks. */
const SILENT_TYPES = ["video/mp4;codecs=avc1.42E01F", "video/mp4", "video/webm;codecs=vp8", "video/webm"];

/** The first type that the browser writes, or null. */
export const recordingType = (isSupported, withSound = true) => (withSound ? TYPES : SILENT_TYPES).find(isSupported) ?? null;

export const extensionOf = (type) => (type.startsWith("video/mp4") ? "mp4" : "webm");

export const bitRate = ({ width, height }) => Math.round(Math.min(MOST_BITS, Math.max(FEWEST_BITS, width * height * BITS_A_PIXEL)));

/** In seconds, of a recording of that size whose file may have `maxBytes`. */
export function longest(size, maxBytes) {
  return Math.max(1, Math.floor(Math.min(LONGEST_S, (maxBytes * 8 * MARGIN) / (bitRate(size) + SOUND_BITS))));
}

/** As minutes and seconds. */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function roughly(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes > 1) return `${minutes} minutes`;
  return seconds < 60 ? `${Math.floor(seconds)} seconds` : "a minute";
}
