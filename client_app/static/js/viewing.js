// What can be done with the picture on the stage: compare it, fill the screen with it, keep it in sight, save it. What is rarely used is fetched when it is.

const canFloat = () => document.pictureInPictureEnabled && "captureStream" in HTMLCanvasElement.prototype;

export class Viewing {
  #page;
  #display;
  #handlers;
  #divider = null;
  #floating = null;

  /** `handlers`: `faceName()`, `say(words)`, and `inSightChanged()` when the picture has got a window of its own or lost it. */
  constructor(page, display, handlers) {
    const byId = (id) => page.getElementById(id);
    this.#page = {
      root: page, panes: byId("panes"), screen: byId("screen"), output: byId("output"), before: byId("before"), divider: byId("divider"),
      snapshot: byId("snapshot"), fullscreen: byId("fullscreen"), float: byId("float"), views: [...page.querySelectorAll("input[name=view]")],
    };
    this.#display = display;
    this.#handlers = handlers;
    const { snapshot, fullscreen, float, views } = this.#page;
    snapshot.addEventListener("click", () => this.save());
    fullscreen.addEventListener("click", () => this.fillScreen());
    fullscreen.hidden = !page.fullscreenEnabled;
    float.addEventListener("click", () => this.float());
    float.hidden = !canFloat();
    page.addEventListener("fullscreenchange", () => fullscreen.setAttribute("aria-pressed", String(page.fullscreenElement !== null)));
    for (const radio of views) radio.addEventListener("change", () => this.#compare());
    this.#compare();
  }

  /** Whether the picture is in a window of its own, and seen though the page is not. */
  get inSight() {
    return this.#floating?.isOpen ?? false;
  }

  /** Whether there is a picture to do something with. */
  follow(flowing) {
    this.#page.snapshot.disabled = !flowing;
    this.#page.float.disabled = !flowing && !this.inSight;
  }

  nextView() {
    const { views } = this.#page;
    const next = views[(views.findIndex(({ checked }) => checked) + 1) % views.length];
    next.click();
    this.#handlers.say(`View: ${next.parentElement.textContent.trim()}.`);
  }

  async save() {
    const answer = this.#display.shown;
    if (answer === null) return;
    const { saveSnapshot } = await import("./snapshot.js");
    saveSnapshot(answer.jpeg, this.#handlers.faceName());
    this.#handlers.say("The picture was saved.");
  }

  fillScreen() {
    const { root, screen, fullscreen } = this.#page;
    if (fullscreen.hidden) return;
    if (root.fullscreenElement) root.exitFullscreen();
    else screen.requestFullscreen().catch(() => this.#handlers.say("The browser does not give the whole screen now."));
  }

  async float() {
    const { output, float } = this.#page;
    if (float.hidden || float.disabled) return;
    if (this.#floating === null) {
      const { FloatingPicture } = await import("./floating-picture.js");
      this.#floating ??= new FloatingPicture(output, () => this.#floated());
    }
    if (this.#floating.isOpen) return this.#floating.close();
    await this.#floating.open().catch(() => this.#handlers.say("The browser does not open a window for the picture now."));
  }

  #floated() {
    this.#page.float.setAttribute("aria-pressed", String(this.inSight));
    this.#handlers.inSightChanged();
  }

  async #compare() {
    const { panes, before, divider, views } = this.#page;
    const comparing = views.some(({ checked, value }) => checked && value === "compare");
    this.#display.drawBefore(comparing ? before : null);
    if (!comparing) return;
    this.#divider ??= import("./divider.js").then(({ Divider }) => new Divider(panes, divider));
    await this.#divider;
  }
}
