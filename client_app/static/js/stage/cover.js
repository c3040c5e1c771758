// The card that covers the stage whenever no picture is fresh enough to be seen.

export const STAYS_MS = 1000;

export class Cover {
  #picture;
  #card;
  #timer = null;

  constructor(picture, card) {
    this.#picture = picture;
    this.#card = card;
    this.put();
  }

  put() {
    clearTimeout(this.#timer);
    this.#picture.hidden = true;
    this.#card.hidden = false;
  }

  /** A picture was drawn that may be seen; without another it is covered after a second. */
  lift() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.put(), STAYS_MS);
    this.#picture.hidden = false;
    this.#card.hidden = true;
  }
}
