// What a visitor may set, as the model itself reports it, and what this visitor has chosen of that.
import { preference, remember } from "./preferences.js";

/** Only the operator sets these; the relay refuses them from a page. */
const OPERATORS = new Set(["mark", "mark_position", "mark_text"]);
const REMEMBERED = "settings";
/** How long a refusal can be on its way: what has not been refused by then has been taken. */
const REFUSED_WITHIN_MS = 3000;

/** The page's own choice of a skin tone: a painted face keeps its colour, a photographed one takes the visitor's. */
export const AUTOMATIC = "automatic";
const toneOf = (face) => (face?.kind === "persona" ? "source" : "user");

/** The setting's value as the relay takes it, on a stream with this face. */
export const optionOf = (setting, value, face) => (value === AUTOMATIC && setting.name === "tone" ? toneOf(face) : value);

/**
 * Out of the JSON schemas that a model reports: `{name, title, choices, initial}` for a choice, `{name, title, range, initial}` with `range` `{min, max, step, whole}` for a number. What leaves
 * nothing to choose or is of another kind is left out.
 */
export function readOffer(schemas) {
  if (!isObject(schemas)) return [];
  return Object.entries(schemas).flatMap(([name, schema]) => {
    if (OPERATORS.has(name) || !isObject(schema)) return [];
    const title = typeof schema.title === "string" ? schema.title : name;
    const setting = { name, title, ...(readChoices(name, schema) ?? readRange(schema)) };
    return fits(setting, setting.initial) ? [setting] : [];
  });
}

/** Whether the setting takes the value, whatever that is. */
export function fits({ choices, range }, value) {
  if (choices) return choices.includes(value);
  return range !== undefined && Number.isFinite(value) && value >= range.min && value <= range.max && (!range.whole || Number.isInteger(value));
}

function readChoices(name, { type, enum: values, default: initial }) {
  const choices = type === "boolean" ? [false, true] : values;
  if (!Array.isArray(choices) || choices.length < 2 || !choices.every((choice) => ["string", "number", "boolean"].includes(typeof choice))) return null;
  const automatic = name === "tone" && choices.includes("user") && choices.includes("source");
  return automatic ? { choices: [AUTOMATIC, ...choices], initial: AUTOMATIC } : { choices, initial };
}

function readRange({ type, minimum: min, maximum: max, default: initial }) {
  const whole = type === "integer";
  if (!(whole || type === "number") || !Number.isFinite(min) || !Number.isFinite(max) || min >= max) return null;
  return { range: { min, max, step: whole ? 1 : (max - min) / 100, whole }, initial };
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

export class Settings {
  #handlers;
  #offer = null;
  #told = "";
  #chosen;
  #before = new Map();
  #settling = null;

  /** `handlers`: `offered(settings)` when the model offers something else than before, `changed()`, and `refused(setting, reason)`. */
  constructor(handlers) {
    this.#handlers = handlers;
    const remembered = preference(REMEMBERED);
    this.#chosen = isObject(remembered) ? remembered : {};
  }

  /** Takes the schemas that the model reports. */
  learn(schemas) {
    const told = JSON.stringify(schemas);
    if (this.#offer !== null && told === this.#told) return;
    this.#told = told;
    this.#offer = readOffer(schemas);
    this.#handlers.offered(this.#offer);
  }

  /** The setting of that name, where the model offers it. */
  offered(name) {
    return this.#offer?.find((setting) => setting.name === name);
  }

  /** What the visitor chose, or where the model does not take that, what it begins with. */
  value(setting) {
    const chosen = Object.hasOwn(this.#chosen, setting.name) ? this.#chosen[setting.name] : undefined;
    return fits(setting, chosen) ? chosen : setting.initial;
  }

  change(setting, value) {
    if (!fits(setting, value)) throw new RangeError(`${setting.name} does not take ${value}.`);
    if (!this.#before.has(setting.name)) this.#before.set(setting.name, this.value(setting));
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#before.clear(), REFUSED_WITHIN_MS);
    this.#keep({ ...this.#chosen, [setting.name]: value });
  }

  reset() {
    this.#before.clear();
    this.#keep({});
  }

  /** Puts a setting that the server has refused back to what it was, or else to what the model begins with. */
  refuse(name, reason) {
    const setting = this.offered(name);
    if (setting === undefined) return;
    this.#handlers.refused(setting, reason);
    const back = this.#before.get(name) ?? setting.initial;
    // One drag of a slider may be refused many times; only the first puts it back.
    if (this.value(setting) !== back) this.#keep({ ...this.#chosen, [name]: back });
  }

  /** Every setting's value for a stream with this face, as the relay's options. */
  optionsFor(face) {
    return Object.fromEntries(
      (this.#offer ?? []).map((setting) => [setting.name, optionOf(setting, this.value(setting), face)]),
    );
  }

  #keep(chosen) {
    this.#chosen = chosen;
    remember(REMEMBERED, chosen);
    this.#handlers.changed();
  }
}
