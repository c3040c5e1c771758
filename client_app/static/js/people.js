// The people in the swapped picture as buttons that lie over their faces; each opens a menu of the faces they may wear.
import { placeOnScreen, within } from "./overlay.js";

const SMALLEST = 44;
const LEAVE = { source: null, label: "Leave as they are" };
const LIKE_EVERYONE = { source: undefined, label: "Like everyone" };

export class People {
  #output;
  #panes;
  #layer = document.createElement("div");
  #menu = document.createElement("div");
  #title = document.createElement("p");
  #list = document.createElement("div");
  #buttons = new Map();
  #numbers = new Map();
  #handlers;
  #faces = [];
  #asked = null;

  /** `handlers`: `faces()` lists what may be worn as `{id, name, thumbnail}`, `partOf(id)` and `given(person, source, label)` as Cast has them. */
  constructor(output, panes, handlers) {
    this.#output = output;
    this.#panes = panes;
    this.#handlers = handlers;
    this.#layer.className = "people";
    this.#menu.className = "people-menu";
    this.#menu.popover = "auto";
    this.#menu.append(this.#title, this.#list);
    this.#list.setAttribute("role", "menu");
    this.#menu.addEventListener("keydown", (event) => this.#steer(event));
    this.#menu.addEventListener("toggle", ({ newState }) => newState === "closed" && this.#closed());
    output.after(this.#layer);
    this.#layer.after(this.#menu);
    new ResizeObserver(() => this.#place()).observe(output);
    new MutationObserver(() => this.#place()).observe(panes, { attributeFilter: ["data-mirror"] });
  }

  /** `faces` as the relay tells them. */
  show(faces) {
    this.#faces = faces;
    for (const { id } of faces) if (!this.#buttons.has(id)) this.#add(id);
    for (const id of this.#buttons.keys()) if (!faces.some((face) => face.id === id)) this.#remove(id);
    this.#place();
    this.name();
  }

  /** Says on each button who it is and what they wear. */
  name() {
    const worn = this.#handlers.faces();
    for (const { id, source } of this.#faces) {
      const name = worn.find((face) => face.id === source)?.name ?? "As they are";
      const button = this.#buttons.get(id);
      button.querySelector("span").textContent = name;
      button.setAttribute("aria-label", `Person ${this.#numbers.get(id)}, ${name}: choose a face`);
    }
  }

  #add(id) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-haspopup", "menu");
    button.append(document.createElement("span"));
    button.addEventListener("click", () => this.#ask(id));
    this.#numbers.set(id, this.#numbers.get(id) ?? this.#numbers.size + 1);
    this.#buttons.set(id, button);
    this.#layer.append(button);
  }

  #remove(id) {
    // Whoever is about to use it keeps it through a moment in which the face is not seen.
    const button = this.#buttons.get(id);
    if (id === this.#asked || button === document.activeElement) return;
    button.remove();
    this.#buttons.delete(id);
  }

  #place() {
    const room = { width: this.#output.clientWidth, height: this.#output.clientHeight };
    const mirrored = this.#panes.dataset.mirror === "on";
    for (const { id, box } of this.#faces) {
      const { left, top, width, height } = within(room, placeOnScreen(box, this.#output, room, mirrored), SMALLEST);
      const { style } = this.#buttons.get(id);
      style.translate = `${left}px ${top}px`;
      style.width = `${width}px`;
      style.height = `${height}px`;
    }
  }

  #ask(id) {
    this.#asked = id;
    const part = this.#handlers.partOf(id);
    this.#title.textContent = `Person ${this.#numbers.get(id)} wears`;
    this.#list.setAttribute("aria-label", this.#title.textContent);
    const faces = this.#handlers.faces().map(({ id: source, name, thumbnail }) => ({ source, label: name, image: thumbnail }));
    this.#list.replaceChildren(...[LIKE_EVERYONE, LEAVE, ...faces].map((choice) => this.#item(choice, choice.source === part)));
    this.#menu.showPopover();
    this.#standBy(this.#buttons.get(id).getBoundingClientRect());
    this.#list.querySelector("[aria-checked=true]").focus();
  }

  #item({ source, label, image }, checked) {
    const item = document.createElement("button");
    item.type = "button";
    item.tabIndex = checked ? 0 : -1;
    item.setAttribute("role", "menuitemradio");
    item.setAttribute("aria-checked", String(checked));
    if (image) item.append(Object.assign(document.createElement("img"), { src: image, alt: "", width: 36, height: 45 }));
    item.append(label);
    item.addEventListener("click", () => {
      const person = { id: this.#asked, number: this.#numbers.get(this.#asked) };
      this.#menu.hidePopover();
      this.#handlers.given(person, source, label);
    });
    return item;
  }

  /** Beside the face where there is room, and always within the window. */
  #standBy(face) {
    const { width, height } = this.#menu.getBoundingClientRect();
    const [room, tall] = [document.documentElement.clientWidth, globalThis.innerHeight];
    const beside = face.right + 8 + width <= room ? face.right + 8 : face.left - 8 - width;
    this.#menu.style.left = `${Math.max(8, Math.min(beside, room - width - 8))}px`;
    this.#menu.style.top = `${Math.max(8, Math.min(face.top, tall - height - 8))}px`;
  }

  #steer(event) {
    const items = [...this.#list.children];
    const place = items.indexOf(document.activeElement);
    const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next !== undefined) {
      items.at(next % items.length).focus();
      event.preventDefault();
    } else if (event.key === "Tab") {
      this.#menu.hidePopover();
      event.preventDefault();
    }
    // Nothing else on the page is meant while the menu is open.
    event.stopPropagation();
  }

  #closed() {
    const button = this.#buttons.get(this.#asked);
    this.#asked = null;
    if (this.#menu.contains(document.activeElement) || document.activeElement === document.body) button?.focus();
  }
}
