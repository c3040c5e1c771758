// Draws swapped frames. While one is being decoded only the newest other one waits, so a slow screen never lags behind.
import { DrawOrder } from "./pacing.js";

export class Display {
  #canvas;
  #context;
  #ondrawn;
  #order = new DrawOrder();
  #waiting = null;
  #decoding = false;
  #shown = 0;
  #period = 0;

  constructor(canvas, ondrawn) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("bitmaprenderer", { alpha: false });
    this.#ondrawn = ondrawn;
  }

  show(answer) {
    this.#waiting = answer;
    if (!this.#decoding) this.#drawWaiting();
  }

  /** Empties the canvas; what is still being decoded is not drawn any more. */
  clear() {
    this.#period += 1;
    this.#waiting = null;
    this.#shown = 0;
    this.#context.transferFromImageBitmap(null);
    this.#canvas.dataset.frames = "0";
    delete this.#canvas.dataset.seq;
  }

  async #drawWaiting() {
    this.#decoding = true;
    while (this.#waiting !== null) {
      const answer = this.#waiting;
      const period = this.#period;
      this.#waiting = null;
      const picture = await createImageBitmap(new Blob([answer.jpeg], { type: "image/jpeg" })).catch(() => null);
      if (picture === null) continue;
      if (period === this.#period && this.#order.admits(answer.seq)) this.#draw(picture, answer);
      else picture.close();
    }
    this.#decoding = false;
  }

  #draw(picture, answer) {
    const { width, height } = picture;
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#context.transferFromImageBitmap(picture);
    this.#shown += 1;
    this.#canvas.dataset.seq = answer.seq;
    this.#canvas.dataset.frames = this.#shown;
    this.#ondrawn(answer, { width, height });
  }
}
