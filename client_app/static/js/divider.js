// The line between the camera's picture and the swapped one: dragged, or moved with the keys while it has the focus.
import { preference, remember } from "./preferences.js";

const MIDDLE = 50;
const STEPS = { ArrowLeft: -2, ArrowDown: -2, ArrowRight: 2, ArrowUp: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 };

export class Divider {
  #panes;
  #handle;
  #share;

  /** `panes` is what it divides, `handle` the slider; both are on the page already. */
  constructor(panes, handle) {
    this.#panes = panes;
    this.#handle = handle;
    const remembered = preference("divider");
    this.#move(Number.isFinite(remembered) ? remembered : MIDDLE);
    handle.addEventListener("pointerdown", (event) => this.#grasp(event));
    handle.addEventListener("pointermove", (event) => this.#drag(event));
    handle.addEventListener("lostpointercapture", () => remember("divider", this.#share));
    handle.addEventListener("dblclick", () => this.#settle(MIDDLE));
    handle.addEventListener("keydown", (event) => this.#step(event));
  }

  #grasp(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#handle.focus();
    this.#handle.setPointerCapture(event.pointerId);
  }

  #drag(event) {
    if (!this.#handle.hasPointerCapture(event.pointerId)) return;
    const { left, width } = this.#panes.getBoundingClientRect();
    this.#move(((event.clientX - left) / width) * 100);
  }

  #step(event) {
    if (!(event.key in STEPS) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#settle(this.#share + STEPS[event.key]);
  }

  #settle(share) {
    this.#move(share);
    remember("divider", this.#share);
  }

  /** `share`: how much of the width the camera's picture has, in percent. */
  #move(share) {
    this.#share = Math.round(Math.min(100, Math.max(0, share)) * 10) / 10;
    const shown = Math.round(this.#share);
    this.#panes.style.setProperty("--divider", `${this.#share}%`);
    this.#handle.setAttribute("aria-valuenow", String(shown));
    this.#handle.setAttribute("aria-valuetext", `${shown} % camera, ${100 - shown} % swapped`);
  }
}
