// Keeps latency from growing: few frames under way, and time on the screen never runs backwards.

/** Counts the frames that are under way. At most `size` may be unanswered, those being encoded included. */
export class SendWindow {
  #size;
  #encoding = 0;
  #unanswered = new Map();

  constructor(size) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`A window of at least 1 was expected, ${size} came.`);
    this.#size = size;
  }

  get unanswered() {
    return this.#unanswered.size;
  }

  /** Places taken for frames that are not yet sent. */
  get reserved() {
    return this.#encoding;
  }

  /** Takes a place for a frame that is about to be encoded; false where none is free. */
  reserve() {
    if (this.#encoding + this.#unanswered.size >= this.#size) return false;
    this.#encoding += 1;
    return true;
  }

  /** The reserved place is now that of frame `seq`, which is sent at `now`. */
  sent(seq, now) {
    if (this.#encoding === 0) throw new Error(`Frame ${seq} was sent without a reserved place.`);
    this.#encoding -= 1;
    this.#unanswered.set(seq, now);
  }

  /** The reserved place is given back: its frame could not be encoded or is no longer wanted. */
  release() {
    if (this.#encoding === 0) throw new Error("A place was given back that nobody had reserved.");
    this.#encoding -= 1;
  }

  /** For how long the oldest of the unanswered frames has been under way. */
  waiting(now) {
    return this.#unanswered.size === 0 ? 0 : now - Math.min(...this.#unanswered.values());
  }

  answered(seq) {
    return this.#unanswered.delete(seq);
  }
}

/** Admits only frames that are newer than every frame admitted before. */
export class DrawOrder {
  #newest = -1;

  admits(seq) {
    if (seq <= this.#newest) return false;
    this.#newest = seq;
    return true;
  }
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** How long to wait before the next attempt: twice as long each time, up to ten seconds, each cut at random by up to half. */
export class Backoff {
  #attempt = 0;
  #random;

  constructor(random = Math.random) {
    this.#random = random;
  }

  next() {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#attempt);
    this.#attempt += 1;
    return longest * (1 - this.#random() / 2);
  }

  reset() {
    this.#attempt = 0;
  }
}

const METER_SPAN_MS = 2000;

/** Frames a second and the median delay, over the last two seconds. */
export class Meter {
  #drawn = [];

  record(now, delay) {
    this.#drawn.push({ now, delay });
    this.#forget(now);
  }

  fps(now) {
    this.#forget(now);
    if (this.#drawn.length < 2) return 0;
    return ((this.#drawn.length - 1) * 1000) / Math.max(now - this.#drawn[0].now, 1);
  }

  medianDelay(now) {
    this.#forget(now);
    if (this.#drawn.length === 0) return null;
    const delays = this.#drawn.map((entry) => entry.delay).sort((a, b) => a - b);
    return delays[delays.length >> 1];
  }

  clear() {
    this.#drawn = [];
  }

  #forget(now) {
    const stale = this.#drawn.findIndex((entry) => now - entry.now <= METER_SPAN_MS);
    this.#drawn.splice(0, stale === -1 ? this.#drawn.length : stale);
  }
}
