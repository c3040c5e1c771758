// One job on the page: what it is, how far it is, what came of it.
import { share, stateLine } from "./job-words.js";
import { Picture } from "./picture.js";
import { timeLeft } from "../words.js";

const OVER = new Set(["done", "failed", "cancelled"]);

export class JobCard {
  #item;
  #view;
  #words;
  #handlers;
  #picture = null;
  #told = "";
  #shown = "";
  #job = null;

  /** `handlers`: `cancel(job)`, `remove(job)`, `again(job)`, `faces()`, and `given(job, person, source)` as Picture has it. */
  constructor(template, handlers) {
    this.#item = template.content.firstElementChild.cloneNode(true);
    this.#view = this.#item.querySelector(".job-view");
    const part = (name) => this.#item.querySelector(name);
    this.#words = { name: part("h3"), state: part(".job-state"), progress: part("progress"), notes: part(".job-notes"), actions: part(".job-actions") };
    this.#handlers = handlers;
  }

  get element() {
    return this.#item;
  }

  show(job) {
    this.#job = job;
    const told = JSON.stringify(job);
    if (told !== this.#told) this.#showChanged(job);
    this.#told = told;
    if (!this.#item.hasAttribute("data-busy")) this.#showTime();
  }

  #showChanged(job) {
    const { name, state, progress, notes } = this.#words;
    this.#item.dataset.state = job.state;
    this.#item.dataset.kind = job.kind;
    name.textContent = job.name;
    state.textContent = stateLine(job);
    const done = share(job);
    progress.hidden = done === null;
    if (done !== null) progress.value = done;
    progress.setAttribute("aria-label", `${job.name}: progress`);
    notes.hidden = !job.notes?.length;
    notes.replaceChildren(...(job.notes ?? []).map((note) => Object.assign(document.createElement("li"), { textContent: note })));
    this.#showActions();
    this.#showPicture();
  }

  #showTime() {
    const { state, expires_at: expires } = this.#job;
    if (!OVER.has(state) || !expires) return;
    this.#words.state.textContent = `${stateLine(this.#job)} Gone in ${timeLeft(Date.parse(expires) - Date.now())}.`;
  }

  #showActions() {
    const { actions } = this.#words;
    const wanted = this.#wantedActions();
    const names = wanted.map(({ label }) => label).join();
    if (names === actions.dataset.names) return;
    const held = actions.contains(document.activeElement);
    actions.dataset.names = names;
    actions.replaceChildren(...wanted.map((action) => this.#actionElement(action)));
    if (held) actions.querySelector("button, a")?.focus();
  }

  #wantedActions() {
    const { state, kind, result, id } = this.#job;
    if (!OVER.has(state)) return id ? [{ label: "Cancel", run: this.#handlers.cancel }] : [{ label: "Cancel", run: this.#handlers.remove }];
    const list = [];
    if (result) list.push({ label: "Download", href: result });
    if (result && kind === "picture") list.push({ label: "Show the original", toggle: (on) => this.#picture?.showOriginal(on) });
    if (state === "failed" && id && kind !== "picture") list.push({ label: "Try again", run: this.#handlers.again });
    list.push({ label: "Remove", run: this.#handlers.remove });
    return list;
  }

  #actionElement({ label, run, href, toggle }) {
    const element = document.createElement(href ? "a" : "button");
    element.className = "secondary";
    element.textContent = label;
    element.setAttribute("aria-label", `${label}: ${this.#job.name}`);
    if (href) {
      Object.assign(element, { href, download: "" });
      return element;
    }
    element.type = "button";
    if (toggle) {
      element.setAttribute("aria-pressed", "false");
      element.addEventListener("click", () => {
        const on = element.getAttribute("aria-pressed") !== "true";
        element.setAttribute("aria-pressed", String(on));
        toggle(on);
      });
    } else {
      element.addEventListener("click", () => run(this.#job));
    }
    return element;
  }

  #showPicture() {
    const { state, kind, result, preview, name } = this.#job;
    if (kind === "picture" && result) {
      this.#picture ??= new Picture(this.#view, { faces: this.#handlers.faces, given: (...wish) => this.#doAnew(...wish) });
      this.#picture.show(this.#job);
    } else if (result && this.#shown !== result) {
      this.#shown = result;
      const video = Object.assign(document.createElement("video"), { src: result, controls: true, playsInline: true, preload: "metadata" });
      video.setAttribute("aria-label", `${name}, swapped`);
      this.#view.replaceChildren(video);
      this.#view.hidden = false;
    } else if (!result && preview && state === "running") {
      this.#showPreview(preview);
    }
  }

  async #doAnew(...wish) {
    this.#item.toggleAttribute("data-busy", true);
    this.#words.state.textContent = "Working…";
    await this.#handlers.given(...wish);
    this.#item.toggleAttribute("data-busy", false);
    this.#showTime();
  }

  #showPreview(address) {
    let image = this.#view.querySelector("img");
    if (image === null) {
      image = new Image();
      this.#view.replaceChildren(image);
      image.addEventListener("load", () => {
        this.#view.hidden = false;
      });
    }
    image.alt = `${this.#job.name}: the newest frame`;
    image.src = `${address}?frame=${this.#job.frames_done}`;
  }
}
