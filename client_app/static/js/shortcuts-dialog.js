// What the keys do, and the switch that turns them off.

export class ShortcutsDialog {
  #dialog;
  #list;
  #switch;
  #shortcuts;

  constructor(page, shortcuts) {
    this.#shortcuts = shortcuts;
    this.#dialog = page.getElementById("shortcuts-dialog");
    this.#list = page.getElementById("shortcuts-list");
    this.#switch = page.getElementById("shortcuts-on");
    this.#switch.addEventListener("change", () => (shortcuts.enabled = this.#switch.checked));
    page.getElementById("shortcuts-close").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("click", ({ target }) => target === this.#dialog && this.#dialog.close());
    this.#dialog.addEventListener("keydown", (event) => {
      if (event.key !== shortcuts.helpKey) return;
      event.preventDefault();
      this.#dialog.close();
    });
  }

  open() {
    const entries = this.#shortcuts.entries.filter(({ button }) => !button?.hidden);
    const rows = [...entries, { key: this.#shortcuts.helpKey, words: "This list" }].map(({ key, words }) => row([key.toUpperCase()], words));
    this.#list.replaceChildren(...rows, row(["←", "→"], "Move the divider, while it has the focus"), row(["Esc"], "Close what is open"));
    this.#switch.checked = this.#shortcuts.enabled;
    this.#dialog.showModal();
  }
}

function row(keys, words) {
  const [group, term, text] = ["div", "dt", "dd"].map((name) => document.createElement(name));
  term.append(
    ...keys.map((key) => {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      return cap;
    }),
  );
  text.textContent = words;
  group.append(term, text);
  return group;
}
