// Decides whether a picture may be seen on the stage. Whenever there is doubt the answer is no: what is seen then is a card.

/** Notes with which the model says that it may have left a face as it is. */
const LEFT_BARE = new Set(["engine_failed"]);

export class Guard {
  #options = null;
  #doubted = false;
  #leftBare = false;
  #faceSeen = false;
  #mayPass;

  /** `mayPass`: the address itself asks for the bare picture where no face is found. */
  constructor(mayPass) {
    this.#mayPass = mayPass;
  }

  /** A stream begins anew: nothing is known of it. */
  begin() {
    this.#options = null;
    this.#doubted = false;
    this.#leftBare = false;
    this.#faceSeen = false;
  }

  /** The stream goes by these options from its first picture on. */
  told(options) {
    this.#options = options;
  }

  /** Something was refused, so that the stream may go by other options than it was told, until it begins anew. */
  doubt() {
    this.#doubted = true;
  }

  noted(notes) {
    this.#leftBare = notes.some(({ code }) => LEFT_BARE.has(code));
  }

  /** `answer.faces` is how many faces the model found. */
  admits(answer) {
    if (this.#options === null || this.#doubted || this.#leftBare) return false;
    if (answer.faces > 0) {
      this.#faceSeen = true;
      return true;
    }
    // The model's card is not shown: the picture before stays for a moment, so that one missed face does not make it flicker, then comes the stage's own.
    const noFace = this.#options.no_face;
    return this.#faceSeen && (noFace === "blur" || (noFace === "pass" && this.#mayPass));
  }
}
