// A photo taken with the camera: it opens when asked for, is seen as in a mirror, and is taken as others see one.
import { CameraProblem, cameraPossible, openCamera } from "./camera.js";
import { problemWords } from "./words.js";

const SIZE = Object.freeze({ width: 1280, height: 720 });
const QUALITY = 0.95;

export class PhotoCamera {
  #page;
  #handlers;
  #input = null;
  #run = 0;
  #taken = 0;

  /** `handlers`: `opened()`, `closed()`, `taken(file)`, `failed(words)`. */
  constructor(page, handlers) {
    this.#page = Object.fromEntries(
      ["camera", "viewfinder", "shoot", "camera-off", "take"].map((part) => [part, page.getElementById(`photo-${part}`)]),
    );
    this.#handlers = handlers;
    this.#page.take.hidden = !cameraPossible();
    this.#page.take.addEventListener("click", () => this.#open());
    this.#page.shoot.addEventListener("click", () => this.#shoot());
    this.#page["camera-off"].addEventListener("click", () => {
      this.close();
      this.#page.take.focus();
    });
  }

  close() {
    this.#run += 1;
    this.#input?.close();
    this.#input = null;
    if (this.#page.camera.hidden) return;
    this.#page.camera.hidden = true;
    this.#handlers.closed();
  }

  async #open() {
    const run = ++this.#run;
    const { camera, viewfinder, shoot } = this.#page;
    camera.hidden = false;
    shoot.disabled = true;
    this.#handlers.opened();
    try {
      const input = await openCamera(viewfinder, "", SIZE, () => this.close());
      if (run !== this.#run) return input.close();
      this.#input = input;
      shoot.disabled = false;
      shoot.focus();
    } catch (error) {
      if (!(error instanceof CameraProblem)) throw error;
      if (run !== this.#run) return;
      this.close();
      const { title, text } = problemWords({ code: error.code });
      this.#handlers.failed(`${title}. ${text}`);
    }
  }

  async #shoot() {
    const { viewfinder } = this.#page;
    const canvas = new OffscreenCanvas(viewfinder.videoWidth, viewfinder.videoHeight);
    canvas.getContext("2d").drawImage(viewfinder, 0, 0);
    this.close();
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
    this.#taken += 1;
    this.#handlers.taken(new File([blob], `Camera ${this.#taken}.jpg`, { type: "image/jpeg" }));
  }
}
