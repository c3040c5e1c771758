// The settings that a stream of the stage goes by: what its address asks for; else what keeps bare faces off it; else what was chosen on the page.
import { fits, optionOf, readOffer } from "../settings.js";

/** The model's own defaults show a bare face: that of a second person, that of someone it does not find, or both at no strength. */
const SAFE = { no_face: "hold", faces: "all", opacity: 1 };

export class StageSettings {
  #asked;
  #chosen;
  #onrefused;
  #offer = [];
  #refused = new Set();

  /** `chosen` is what the visitor set on the page; `onrefused(name, reason, isNew)` tells of a setting that the server will not have; it is not asked for again. */
  constructor(asked, chosen, onrefused) {
    this.#asked = asked;
    // A blurred picture shows nobody either.
    this.#chosen = { ...chosen, ...SAFE, ...(chosen.no_face === "blur" ? { no_face: "blur" } : {}) };
    this.#onrefused = onrefused;
  }

  /** Whether the server has refused one of those without which a bare face might show. */
  get unsafe() {
    return Object.keys(SAFE).some((name) => this.#refused.has(name));
  }

  learn(schemas) {
    this.#offer = readOffer(schemas);
  }

  optionsFor(face) {
    const settings = this.#offer.filter(({ name }) => !this.#refused.has(name));
    return Object.fromEntries(settings.map((setting) => [setting.name, optionOf(setting, this.#value(setting), face)]));
  }

  refuse(name, reason) {
    const isNew = !this.#refused.has(name);
    this.#refused.add(name);
    this.#onrefused(name, reason, isNew);
  }

  #value(setting) {
    const wishes = [this.#asked, this.#chosen].filter((wish) => Object.hasOwn(wish, setting.name));
    return wishes.map((wish) => wish[setting.name]).find((value) => fits(setting, value)) ?? setting.initial;
  }
}
