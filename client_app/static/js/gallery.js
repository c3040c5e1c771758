// The faces to choose from: a radio group, to which photos are added and from which they go when removed or expired.
import { countdown } from "./countdown.js";

const LOOK_AT_CLOCK_EVERY_MS = 20_000;

export class Gallery {
  #root;
  #template;
  #last;
  #empty;
  #report;
  #handlers;
  #ahead;
  #timer;

  /** `report` is the link for reporting the chosen face. `handlers`: `chosen(face)`, `changeAsked(face)` and `removeAsked(face)` by the visitor, `expired(face)` by the clock. */
  constructor(root, template, empty, report, handlers) {
    this.#root = root;
    this.#template = template;
    this.#last = root.lastElementChild;
    this.#empty = empty;
    this.#report = report;
    this.#handlers = handlers;
    // A face's time is the server's; the clock here may be wrong.
    this.#ahead = Date.parse(root.dataset.now) - Date.now() || 0;
    root.addEventListener("change", ({ target }) => {
      this.#aimReport();
      handlers.chosen(faceOf(target.closest(".face")));
    });
    root.addEventListener("click", ({ target }) => {
      const item = target.closest(".face");
      if (target.closest(".face-remove")) handlers.removeAsked(faceOf(item));
      else if (target.closest(".face-change")) handlers.changeAsked(faceOf(item));
    });
    this.#lookAtClock();
    // Browsers let the timers of a hidden page wait.
    document.addEventListener("visibilitychange", () => this.#lookAtClock());
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
    this.#aimReport();
    return this.chosen;
  }

  /** The link under the faces. What a visitor has brought, they can remove. */
  #aimReport() {
    const face = this.chosen;
    this.#report.hidden = face === null || face.kind === "upload";
    if (face) this.#report.search = new URLSearchParams({ face: face.id });
  }

  focusChosen() {
    (this.#root.querySelector("input:checked") ?? this.#last.querySelector("button")).focus();
  }

  has(id) {
    return this.#itemOf(id) !== undefined;
  }

  /** One with that id is shown already where the same photo was brought again: it stays chosen if it is. */
  add(face) {
    const before = this.#itemOf(face.id);
    const item = this.#template.content.querySelector(".face").cloneNode(true);
    const { id, kind, image, credit, expires_at: expires } = face;
    Object.assign(item.dataset, { id, kind, image, credit: credit ?? "", expires: expires ?? "" });
    item.querySelector("input").value = id;
    item.querySelector("img").src = face.thumbnail;
    for (const button of item.querySelectorAll(".face-change, .face-remove")) button.hidden = kind !== "upload";
    name(item, face.name);
    if (before?.querySelector("input").checked) item.querySelector("input").checked = true;
    before?.remove();
    this.#last.before(item);
    this.#lookAtClock();
  }

  rename(face) {
    const item = this.#itemOf(face.id);
    if (item) name(item, face.name);
  }

  remove(id) {
    this.#itemOf(id)?.remove();
    this.#empty.hidden = this.#root.querySelector("input") !== null;
  }

  #itemOf(id) {
    return [...this.#root.children].find((item) => item.dataset.id === id);
  }

  #lookAtClock() {
    clearTimeout(this.#timer);
    let wait = LOOK_AT_CLOCK_EVERY_MS;
    this.#empty.hidden = this.#root.querySelector("input") !== null;
    for (const item of this.#root.querySelectorAll(".face[data-expires]:not([data-expires=''])")) {
      const left = Date.parse(item.dataset.expires) - Date.now() - this.#ahead;
      if (left <= 0) {
        this.#handlers.expired(faceOf(item));
        continue;
      }
      const { words, next } = countdown(left);
      item.querySelector(".face-expiry").textContent = `Gone in ${words}`;
      wait = Math.min(wait, next);
    }
    this.#timer = setTimeout(() => this.#lookAtClock(), wait);
  }
}

function name(item, words) {
  item.querySelector(".face-name").textContent = words;
  item.querySelector(".face-change").setAttribute("aria-label", `Change ${words}`);
  item.querySelector(".face-remove").setAttribute("aria-label", `Remove ${words}`);
}

/** `image` is the large picture, `thumbnail` the small one; both are empty for somebody of whom there is none. */
function faceOf(item) {
  return {
    id: item.dataset.id,
    kind: item.dataset.kind,
    credit: item.dataset.credit,
    name: item.querySelector(".face-name").textContent,
    image: item.dataset.image && new URL(item.dataset.image, document.baseURI).href,
    thumbnail: item.querySelector("img")?.src ?? "",
  };
}
