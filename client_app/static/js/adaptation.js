// Sends less where the network or the model is slow, step by step, and more again when there is time for it.

/**
 * First a coarser JPEG, then a smaller picture, then fewer frames. `quality` is that of the JPEGs sent, `received` the most that the model may use for
 * those it returns, `scale` that of the picture's sides, `rate` the most frames a second, null where the camera alone decides.
 */
export const PACES = Object.freeze(
  [
    { quality: 0.8, received: 100, scale: 1, rate: null },
    { quality: 0.6, received: 75, scale: 1, rate: null },
    { quality: 0.45, received: 60, scale: 1, rate: null },
    { quality: 0.45, received: 60, scale: 0.75, rate: null },
    { quality: 0.45, received: 60, scale: 0.5, rate: null },
    { quality: 0.45, received: 60, scale: 0.5, rate: 15 },
    { quality: 0.45, received: 60, scale: 0.5, rate: 8 },
  ].map(Object.freeze),
);

const SLOW_MS = 500;
const WELL_MS = 300;
/** How long it must be slow before anything is given up, and how long a change takes to show in the measurements. */
const PATIENCE_MS = 1500;
const SETTLE_MS = 2500;
/** How long it must be well before one step is taken back. Doubles where that step was too much, up to a minute. */
const FIRST_REST_MS = 5000;
const LONGEST_REST_MS = 60_000;
/** A way up that ends this soon was too much. */
const RELAPSE_MS = 15_000;
/** Where every step together has not made the delay this much shorter, they are not worth what they take. */
const WORTHWHILE = 0.8;
/** What cannot be helped is borne with until it has become this much worse. */
const WORSE = 1.5;

export class Adaptation {
  #step = 0;
  #changedAt = -Infinity;
  #raisedAt = -Infinity;
  #slowSince = null;
  #wellSince = null;
  #rest = FIRST_REST_MS;
  #lagAtFirst = 0;
  #borne = 0;

  get pace() {
    return PACES[this.#step];
  }

  /**
   * Whether the pace has changed, given how old the pictures shown are (`delay`, null where none is shown), for how long the oldest frame has been without answer (`waiting`), both in ms,
   * and how many frames' worth of bytes have not left the browser yet (`backlog`).
   */
  look(now, { delay, waiting, backlog }) {
    const lag = Math.max(delay ?? 0, waiting, backlog >= 2 ? SLOW_MS + 1 : 0);
    const slow = lag > Math.max(SLOW_MS, this.#borne * WORSE);
    const well = !slow && delay !== null && lag < WELL_MS;
    this.#slowSince = slow ? (this.#slowSince ?? now) : null;
    this.#wellSince = well ? (this.#wellSince ?? now) : null;
    if (well) this.#borne = 0;
    if (slow && now - this.#slowSince >= PATIENCE_MS && now - this.#changedAt >= SETTLE_MS) return this.#lower(now, lag);
    if (well && now - this.#wellSince >= this.#rest) return this.#raise(now);
    return false;
  }

  #lower(now, lag) {
    if (now - this.#raisedAt < RELAPSE_MS) this.#rest = Math.min(this.#rest * 2, LONGEST_REST_MS);
    this.#raisedAt = -Infinity;
    if (this.#step === 0) this.#lagAtFirst = lag;
    if (this.#step < PACES.length - 1) return this.#go(now, this.#step + 1);
    if (lag < this.#lagAtFirst * WORTHWHILE) return false;
    this.#borne = lag;
    return this.#go(now, 0);
  }

  #raise(now) {
    if (this.#step === 0) {
      this.#rest = FIRST_REST_MS;
      return false;
    }
    this.#raisedAt = now;
    return this.#go(now, this.#step - 1);
  }

  #go(now, step) {
    this.#step = step;
    this.#changedAt = now;
    this.#slowSince = null;
    this.#wellSince = null;
    return true;
  }
}
