// Draws swapped frames. While one is being decoded only the newest other one waits, so a slow screen never lags behind.
import { DrawOrder } from "./pacing.js";

export class Display {
  #canvas;
  #context;
  #ondrawn;
  #before = null;
  #newest = null;
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

  /** The answer whose picture is on the canvas, or null. */
  get shown() {
    return this.#newest;
  }

  /** From now on the camera's picture that each swapped one was made of is drawn too, on this canvas; null for none. */
  drawBefore(canvas) {
    this.#before?.transferFromImageBitmap(null);
    this.#before = canvas?.getContext("bitmaprenderer", { alpha: false }) ?? null;
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
    this.#newest = null;
    this.#context.transferFromImageBitmap(null);
    this.#before?.transferFromImageBitmap(null);
    this.#canvas.dataset.frames = "0";
    delete this.#canvas.dataset.seq;
  }

  async #drawWaiting() {
    this.#decoding = true;
    while (this.#waiting !== null) {
      const answer = this.#waiting;
      const period = this.#period;
      this.#waiting = null;
      const [picture, before] = await Promise.all([decoded(answer.jpeg), this.#before && decoded(answer.sent)]);
      if (picture !== null && period === this.#period && this.#order.admits(answer.seq)) {
        if (before && this.#before) put(this.#before, before);
        this.#draw(picture, answer);
      } else {
        picture?.close();
        before?.close();
      }
    }
    this.#decoding = false;
  }

  #draw(picture, answer) {
    const { width, height } = picture;
    put(this.#context, picture);
    this.#newest = answer;
    this.#shown += 1;
    this.#canvas.dataset.seq = answer.seq;
    this.#canvas.dataset.frames = this.#shown;
    this.#ondrawn(answer, { width, height });
  }
}

const decoded = (jpeg) => createImageBitmap(new Blob([jpeg], { type: "image/jpeg" })).catch(() => null);

function put(context, picture) {
  const { canvas } = context;
  if (canvas.width !== picture.width || canvas.height !== picture.height) {
    canvas.width = picture.width;
    canvas.height = picture.height;
  }
  context.transferFromImageBitmap(picture);
}
