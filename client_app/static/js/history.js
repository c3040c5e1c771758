// How the stream went over the last minute, second by second.

export const SPAN_MS = 60_000;
/** A second that lasted longer than this is a gap: the page was hidden, or its computer asleep. */
const LONGEST_SECOND_MS = 5000;

export class History {
  #samples = [];
  #before = null;

  /** As `{at, fps, delay, sent, received}`, the oldest first, the last two in bytes a second; null in place of what there was none of. */
  get samples() {
    return this.#samples;
  }

  /** `readout` is the studio's, with its bytes since the stream began, or null while there is no picture. */
  record(at, readout) {
    const passed = this.#before === null ? Infinity : at - this.#before.at;
    const rate = (bytes, before) => {
      // A new stream counts from nothing.
      const more = bytes >= before ? bytes - before : bytes;
      return (more * 1000) / passed;
    };
    const known = readout !== null && this.#before?.readout && passed <= LONGEST_SECOND_MS;
    this.#samples.push({
      at,
      fps: readout === null ? null : readout.fps,
      delay: readout === null ? null : readout.delay,
      sent: known ? rate(readout.sent, this.#before.readout.sent) : null,
      received: known ? rate(readout.received, this.#before.readout.received) : null,
    });
    this.#before = { at, readout };
    while (this.#samples[0].at < at - SPAN_MS) this.#samples.shift();
  }

  /** Whether anything was shown within the last minute. */
  get isEmpty() {
    return this.#samples.every(({ fps }) => fps === null);
  }
}
