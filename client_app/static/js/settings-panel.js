// The panel beside the picture in which the settings are changed. It is no dialog: the picture and the rest of the page stay in use.
import { choiceWords, inGroups, rangeWords, settingWords } from "./setting-words.js";

export class SettingsPanel {
  #page;
  #handlers;
  #valueOf;
  #rows = [];

  /** `valueOf(setting)` says what is set. `handlers`: `changed(setting, value)` and `resetAsked()`, by the visitor. */
  constructor(page, valueOf, handlers) {
    this.#page = Object.fromEntries(
      ["panel", "toggle", "close", "reset", "groups", "none", "group", "range", "choice", "option"].map((part) => [part, page.getElementById(`settings-${part}`)]),
    );
    this.#valueOf = valueOf;
    this.#handlers = handlers;
    const { panel, toggle, close, reset } = this.#page;
    toggle.addEventListener("click", () => (panel.hidden ? this.#open() : this.#close()));
    close.addEventListener("click", () => this.#close());
    reset.addEventListener("click", () => handlers.resetAsked());
    page.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !panel.hidden && !page.querySelector("dialog[open]")) this.#close();
    });
  }

  /** Shows these settings in place of those before. */
  offer(settings) {
    const { groups, none, reset } = this.#page;
    this.#rows = [];
    groups.replaceChildren(...inGroups(settings).map((group) => this.#groupElement(group)));
    none.hidden = settings.length > 0;
    none.textContent = "This face model has no settings.";
    reset.disabled = settings.length === 0;
    this.show();
  }

  show() {
    for (const { setting, show } of this.#rows) show(this.#valueOf(setting));
  }

  #open() {
    const { panel, toggle } = this.#page;
    panel.hidden = false;
    toggle.setAttribute("aria-expanded", "true");
    // On a small screen the panel lies over what is below the picture, which comes to the top to be seen with it.
    if (getComputedStyle(panel).position === "fixed") panel.closest(".stage").scrollIntoView();
    else panel.scrollIntoView({ block: "nearest" });
  }

  #close() {
    const { panel, toggle } = this.#page;
    const held = panel.contains(document.activeElement);
    panel.hidden = true;
    toggle.setAttribute("aria-expanded", "false");
    if (held) toggle.focus();
  }

  #groupElement({ title, settings }) {
    const group = clone(this.#page.group);
    group.querySelector("h4").textContent = title;
    group.append(...settings.map((setting) => (setting.choices ? this.#choiceElement(setting) : this.#rangeElement(setting))));
    return group;
  }

  #rangeElement(setting) {
    const row = clone(this.#page.range);
    const slider = row.querySelector("input");
    const output = row.querySelector("output");
    const { min, max, step } = setting.range;
    Object.assign(slider, { id: idOf(setting), min: String(min), max: String(max), step: String(step) });
    row.querySelector("label").htmlFor = output.htmlFor = slider.id;
    describe(row, slider, setting);
    slider.addEventListener("input", () => this.#handlers.changed(setting, slider.valueAsNumber));
    this.#rows.push({
      setting,
      show: (value) => {
        if (slider.valueAsNumber !== value) slider.value = String(value);
        output.textContent = rangeWords(setting, value);
        slider.setAttribute("aria-valuetext", output.textContent);
      },
    });
    return row;
  }

  #choiceElement(setting) {
    const row = clone(this.#page.choice);
    row.id = idOf(setting);
    row.setAttribute("aria-labelledby", `${row.id}-label`);
    describe(row, row, setting);
    const radios = choiceWords(setting).map(({ value, label }) => {
      const option = clone(this.#page.option);
      const radio = option.querySelector("input");
      Object.assign(radio, { name: row.id, value: String(value) });
      option.querySelector("span").textContent = label;
      radio.addEventListener("change", () => this.#handlers.changed(setting, value));
      row.querySelector(".segments").append(option);
      return { radio, value };
    });
    this.#rows.push({
      setting,
      show: (chosen) => {
        for (const { radio, value } of radios) radio.checked = value === chosen;
      },
    });
    return row;
  }
}

const idOf = ({ name }) => `setting-${name}`;
const clone = (template) => template.content.firstElementChild.cloneNode(true);

function describe(row, control, setting) {
  const { label, hint } = settingWords(setting);
  const [name, advice] = [row.querySelector(".setting-name"), row.querySelector(".hint")];
  name.id = `${control.id}-label`;
  name.textContent = label;
  if (hint === "") return advice.remove();
  advice.id = `${control.id}-hint`;
  advice.textContent = hint;
  control.setAttribute("aria-describedby", advice.id);
}
