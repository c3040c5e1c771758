// The cards above the picture that say what is wrong and what to do. Each has a name; showing it again only changes its words.

export class Notices {
  #root;
  #template;
  #cards = new Map();

  constructor(root, template) {
    this.#root = root;
    this.#template = template;
  }

  /** `actions` are `{label, run}` or `{label, href, download}`. They are set when the card appears and stay, and so does the focus. */
  show(name, { tone, title, text, count = "", actions = [] }) {
    const card = this.#cards.get(name) ?? this.#add(name, actions);
    card.dataset.tone = tone;
    setText(card.querySelector("h3"), title);
    setText(card.querySelector(".notice-text"), text);
    const counter = card.querySelector(".notice-count");
    setText(counter, count);
    counter.hidden = count === "";
  }

  hide(name) {
    this.#cards.get(name)?.remove();
    this.#cards.delete(name);
  }

  #add(name, actions) {
    const card = this.#template.content.firstElementChild.cloneNode(true);
    card.dataset.name = name;
    card.querySelector(".notice-actions").append(...actions.map(actionElement));
    this.#cards.set(name, card);
    this.#root.append(card);
    return card;
  }
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function actionElement({ label, run, href, download }) {
  const element = document.createElement(href ? "a" : "button");
  element.className = "secondary";
  element.textContent = label;
  if (href) {
    element.href = href;
    // True lets the server name the file.
    if (download) element.download = download === true ? "" : download;
    else element.target = "_blank";
    element.rel = "noopener";
  } else {
    element.type = "button";
    element.addEventListener("click", run);
  }
  return element;
}
