// A swapped picture in which the faces can be clicked, and the picture as it was.
import { People } from "../people.js";

export class Picture {
  #view;
  #canvas = document.createElement("canvas");
  #people;
  #job = null;
  #original = false;

  /** `handlers`: `faces()` lists what may be worn; `given(job, person id, source)` where undefined stands for the chosen face. */
  constructor(view, handlers) {
    this.#view = view;
    this.#canvas.setAttribute("role", "img");
    view.append(this.#canvas);
    this.#people = new People(this.#canvas, view, {
      faces: handlers.faces,
      partOf: (id) => this.#job.assign[id],
      given: ({ id }, source) => handlers.given(this.#job, id, source),
    });
  }

  async show(job) {
    this.#job = job;
    await this.#draw();
  }

  /** Between what was brought and what became of it. */
  async showOriginal(original) {
    this.#original = original;
    await this.#draw();
  }

  async #draw() {
    const { name, result, original: brought, faces } = this.#job;
    const original = this.#original;
    const response = await fetch(original ? brought : result, { credentials: "same-origin" });
    if (!response.ok) return;
    const picture = await createImageBitmap(await response.blob());
    const { width, height } = picture;
    Object.assign(this.#canvas, { width, height });
    this.#canvas.getContext("2d").drawImage(picture, 0, 0);
    picture.close();
    this.#canvas.setAttribute("aria-label", original ? `${name} as it was` : `${name}, swapped`);
    this.#view.hidden = false;
    this.#people.show(original ? [] : faces);
  }
}
