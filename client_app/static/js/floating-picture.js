// The swapped picture in a small window that stays above others: the browser's picture in picture.

export class FloatingPicture {
  #canvas;
  #video = document.createElement("video");
  #onchange;

  /** `onchange()` is called when the window has opened or closed. */
  constructor(canvas, onchange) {
    this.#canvas = canvas;
    this.#onchange = onchange;
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.addEventListener("enterpictureinpicture", onchange);
    this.#video.addEventListener("leavepictureinpicture", () => this.#left());
  }

  get isOpen() {
    return document.pictureInPictureElement === this.#video;
  }

  /** Rejects where the browser will not. */
  async open() {
    this.#video.srcObject = this.#canvas.captureStream();
    await this.#video.play();
    await this.#video.requestPictureInPicture();
  }

  async close() {
    if (this.isOpen) await document.exitPictureInPicture();
  }

  #left() {
    for (const track of this.#video.srcObject?.getTracks() ?? []) track.stop();
    this.#video.srcObject = null;
    this.#onchange();
  }
}
