// Keeps pictures back until later ones have shown that nobody had joined by then: a newcomer is not found, and so not changed, at once.

/** Of the camera's time; longer than the model goes without looking for newcomers. */
export const HELD_MS = 500;

export class HoldBack {
  #show;
  #forMs;
  #held = [];

  /** `show(answer)` gets a picture once one has come that was taken `forMs` after it; 0 keeps nothing back. */
  constructor(show, forMs = HELD_MS) {
    this.#show = show;
    this.#forMs = forMs;
  }

  /** `fit`: whether this one may be seen itself. Those before it that have fewer faces are thrown away. */
  take(answer, fit) {
    this.#held = this.#held.filter((earlier) => earlier.faces >= answer.faces);
    if (fit) this.#held.push(answer);
    const due = this.#held.filter((earlier) => earlier.clock <= answer.clock - this.#forMs);
    if (due.length === 0) return;
    this.#held = this.#held.slice(due.length);
    this.#show(due.at(-1));
  }

  clear() {
    this.#held = [];
  }
}
