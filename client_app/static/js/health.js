// Whether the relay can be reached, asked before anyone presses Start.
import { Backoff } from "./pacing.js";

const PATIENCE_MS = 5000;

export class RelayHealth {
  #address;
  #onchange;
  #backoff = new Backoff();
  #timer = null;
  #asking = 0;

  /** `onchange(reachable)` is called after each look. */
  constructor(address, onchange) {
    this.#address = address;
    this.#onchange = onchange;
  }

  /** Looks now and, as long as there is no answer, again and again at growing distances. */
  async look() {
    clearTimeout(this.#timer);
    const asking = ++this.#asking;
    const reachable = await this.#answers();
    if (asking !== this.#asking) return;
    this.#onchange(reachable);
    if (reachable) this.#backoff.reset();
    else this.#timer = setTimeout(() => this.look(), 1000 + this.#backoff.next());
  }

  rest() {
    clearTimeout(this.#timer);
    this.#asking += 1;
  }

  async #answers() {
    try {
      // Any answer will do, so the relay need not allow this page to read it.
      await fetch(this.#address, { mode: "no-cors", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
      return true;
    } catch {
      return false;
    }
  }
}
