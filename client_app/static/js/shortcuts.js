// Single keys for what is done often. They can be turned off, and never fire while someone types or holds another key with them.
import { preference, remember } from "./preferences.js";

const HELP_KEY = "?";
const TYPED_INTO = "textarea, select, [contenteditable], [role=menu], input:not([type=radio], [type=checkbox], [type=range], [type=button])";

export class Shortcuts {
  #page;
  #entries = [];
  #dialog = null;

  constructor(page) {
    this.#page = page;
    page.addEventListener("keydown", (event) => this.#press(event));
  }

  /** `entry`: `{key, words, run}`, `key` a letter in lower case; with a `button` it shows there too. */
  add(entry) {
    this.#entries.push(entry);
    if (!entry.button) return;
    entry.button.setAttribute("aria-keyshortcuts", entry.key);
    if (entry.button.title) entry.button.title += ` (${entry.key.toUpperCase()})`;
  }

  get helpKey() {
    return HELP_KEY;
  }

  get entries() {
    return this.#entries;
  }

  get enabled() {
    return preference("shortcuts") ?? true;
  }

  set enabled(enabled) {
    remember("shortcuts", enabled);
  }

  async explain() {
    this.#dialog ??= import("./shortcuts-dialog.js").then(({ ShortcutsDialog }) => new ShortcutsDialog(this.#page, this));
    (await this.#dialog).open();
  }

  #press(event) {
    if (event.defaultPrevented || event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest?.(TYPED_INTO) || this.#page.querySelector("dialog[open]") || !this.enabled) return;
    const run = event.key === HELP_KEY ? () => this.explain() : this.#entries.find(({ key }) => key === event.key.toLowerCase())?.run;
    if (run === undefined) return;
    event.preventDefault();
    run();
  }
}
