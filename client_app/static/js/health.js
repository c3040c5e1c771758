// Whether the relay can be reached, and the model through it, asked before anyone presses Start.
import { Backoff } from "./pacing.js";

export const Health = Object.freeze({ well: "well", noModel: "no model", noRelay: "no relay" });

const PATIENCE_MS = 6000;

export class RelayHealth {
  #address;
  #onchange;
  #backoff = new Backoff();
  #timer = null;
  #asking = 0;

  /** `onchange(health, parameters)` is called after each look, with one of `Health` and, where all is well, the schemas of what the model takes. */
  constructor(address, onchange) {
    this.#address = address;
    this.#onchange = onchange;
  }

  /** Looks now and, as long as all is not well, again and again at growing distances. */
  async look() {
    clearTimeout(this.#timer);
    const asking = ++this.#asking;
    const { health, parameters } = await this.#ask();
    if (asking !== this.#asking) return;
    this.#onchange(health, parameters);
    if (health === Health.well) this.#backoff.reset();
    else this.#timer = setTimeout(() => this.look(), 1000 + this.#backoff.next());
  }

  rest() {
    clearTimeout(this.#timer);
    this.#asking += 1;
  }

  async #ask() {
    try {
      const response = await fetch(this.#address, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
      const { model } = await response.json();
      return model.reachable ? { health: Health.well, parameters: model.parameters } : { health: Health.noModel };
    } catch {
      return { health: Health.noRelay };
    }
  }
}
