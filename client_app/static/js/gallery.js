// The faces to choose from: a radio group, to which photos are added and from which they go when removed or expired.
import { timeLeft } from "./words.js";

const LOOK_AT_CLOCK_EVERY_MS = 20_000;

export class Gallery {
  #root;
  #template;
  #last;
  #empty;
  #handlers;

  /** `handlers`: `chosen(face)` and `removeAsked(face)` by the visitor, `expired(face)` by the clock. */
  constructor(root, template, empty, handlers) {
    this.#root = root;
    this.#template = template;
    this.#last = root.lastElementChild;
    this.#empty = empty;
    this.#handlers = handlers;
    root.addEventListener("change", ({ target }) => handlers.chosen(faceOf(target.closest(".face"))));
    root.addEventListener("click", ({ target }) => {
      const button = target.closest(".face-remove");
      if (button) handlers.removeAsked(faceOf(button.closest(".face")));
    });
    this.#lookAtClock();
    setInterval(() => this.#lookAtClock(), LOOK_AT_CLOCK_EVERY_MS);
  }

  get faces() {
    return [...this.#root.querySelectorAll("input[name=face]")].map((radio) => faceOf(radio.closest(".face")));
  }

  get chosen() {
    const radio = this.#root.querySelector("input:checked");
    return radio ? faceOf(radio.closest(".face")) : null;
  }

  /** Chooses without telling `chosen`; an unknown id chooses the first face there is. */
  choose(id) {
    const radios = [...this.#root.querySelectorAll("input")];
    const radio = radios.find((candidate) => candidate.value === id) ?? radios[0];
    if (radio) radio.checked = true;
    return this.chosen;
  }

  focusChosen() {
    (this.#root.querySelector("input:checked") ?? this.#last.querySelector("button")).focus();
  }

  add(face) {
    this.#itemOf(face.id)?.remove();
    const item = this.#template.content.querySelector(".face").cloneNode(true);
    Object.assign(item.dataset, { id: face.id, kind: face.kind, credit: face.credit ?? "", expires: face.expires_at ?? "" });
    item.querySelector("input").value = face.id;
    item.querySelector("img").src = face.image;
    item.querySelector(".face-name").textContent = face.name;
    const remove = item.querySelector(".face-remove");
    remove.hidden = face.kind !== "upload";
    remove.setAttribute("aria-label", `Remove ${face.name}`);
    this.#last.before(item);
    this.#lookAtClock();
  }

  remove(id) {
    this.#itemOf(id)?.remove();
    this.#empty.hidden = this.#root.querySelector("input") !== null;
  }

  #itemOf(id) {
    return [...this.#root.children].find((item) => item.dataset.id === id);
  }

  #lookAtClock() {
    this.#empty.hidden = this.#root.querySelector("input") !== null;
    for (const item of this.#root.querySelectorAll(".face[data-expires]:not([data-expires=''])")) {
      const left = Date.parse(item.dataset.expires) - Date.now();
      if (left > 0) item.querySelector(".face-expiry").textContent = `Gone in ${timeLeft(left)}`;
      else this.#handlers.expired(faceOf(item));
    }
  }
}

function faceOf(item) {
  return {
    id: item.dataset.id,
    kind: item.dataset.kind,
    credit: item.dataset.credit,
    name: item.querySelector(".face-name").textContent,
    image: item.querySelector("img").src,
  };
}
