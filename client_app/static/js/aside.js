// A quiet line beside the state, for what is worth knowing and needs nothing done.

const SHOWN_MS = 6000;

export class Aside {
  #line;
  #timer = null;
  #standing = "";

  constructor(line) {
    this.#line = line;
  }

  /** For a while, in place of what stands there. */
  show(words) {
    clearTimeout(this.#timer);
    this.#put(words);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#put(this.#standing);
    }, SHOWN_MS);
  }

  /** Until other words stand there; empty for none. */
  stand(words) {
    if (words === this.#standing) return;
    this.#standing = words;
    if (this.#timer === null) this.#put(words);
  }

  #put(words) {
    this.#line.textContent = words;
    this.#line.hidden = words === "";
  }
}
