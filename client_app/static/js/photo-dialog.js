// The dialog in which a visitor brings photos of one person, after agreeing to the statement.
import { addPhotos, ApiError } from "./api.js";

const megabytes = (bytes) => `${Math.floor(bytes / 1_000_000)} MB`;

export class PhotoDialog {
  #page;
  #limits;
  #onadded;
  #files = [];
  #busy = false;

  /** `page` is the document, `limits` the page's configuration, `onadded(face, reasons)` gets what the server made of the photos. */
  constructor(page, limits, onadded) {
    this.#page = Object.fromEntries(
      ["dialog", "form", "close", "cancel", "drop", "files", "limits", "thumbs", "name", "consent", "statement", "why", "error", "add"].map(
        (part) => [part, page.getElementById(`photo-${part}`)],
      ),
    );
    this.#limits = limits;
    this.#onadded = onadded;
    const { dialog, form, close, cancel, files, consent, statement } = this.#page;
    statement.textContent = limits.consent.text;
    this.#page.limits.textContent =
      `JPEG, PNG or WebP, up to ${megabytes(limits.max_upload_bytes)} each, at most ${limits.max_photos} photos of one person.`;
    close.addEventListener("click", () => dialog.close());
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => this.#reset());
    files.addEventListener("change", () => this.#take([...files.files]));
    consent.addEventListener("change", () => this.#explain());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#acceptDrops();
    this.#reset();
  }

  open() {
    this.#page.dialog.showModal();
  }

  #acceptDrops() {
    const { dialog, drop } = this.#page;
    // The whole dialog is watched, so that a photo let go beside the field does not replace the page.
    dialog.addEventListener("dragover", (event) => {
      event.preventDefault();
      drop.dataset.over = "";
    });
    dialog.addEventListener("dragleave", () => delete drop.dataset.over);
    dialog.addEventListener("drop", (event) => {
      event.preventDefault();
      delete drop.dataset.over;
      this.#take([...event.dataTransfer.files]);
    });
  }

  #take(files) {
    this.#page.files.value = "";
    const pictures = files.filter((file) => file.type.startsWith("image/"));
    const small = pictures.filter((file) => file.size <= this.#limits.max_upload_bytes);
    const kept = [...this.#files, ...small].slice(0, this.#limits.max_photos);
    if (pictures.length < files.length) this.#complain("Only pictures can be used: JPEG, PNG or WebP.");
    else if (small.length < pictures.length) this.#complain(`A photo may have up to ${megabytes(this.#limits.max_upload_bytes)}. Make it smaller, or choose another.`);
    else if (kept.length < this.#files.length + small.length) this.#complain(`At most ${this.#limits.max_photos} photos of one person can be used.`);
    else this.#complain("");
    this.#files = kept;
    this.#showThumbs();
    this.#explain();
  }

  #showThumbs() {
    const { thumbs } = this.#page;
    for (const old of thumbs.querySelectorAll("img")) URL.revokeObjectURL(old.src);
    thumbs.replaceChildren(
      ...this.#files.map((file) => {
        const item = document.createElement("li");
        const picture = new Image(72, 72);
        picture.src = URL.createObjectURL(file);
        picture.alt = file.name;
        const remove = document.createElement("button");
        remove.type = "button";
        remove.className = "face-remove";
        remove.setAttribute("aria-label", `Leave out ${file.name}`);
        remove.addEventListener("click", () => {
          this.#files = this.#files.filter((other) => other !== file);
          this.#showThumbs();
          this.#explain();
          this.#page.files.focus();
        });
        item.append(picture, remove);
        return item;
      }),
    );
  }

  get #missing() {
    if (this.#files.length === 0) return { what: "Choose a photo to go on.", where: this.#page.files };
    if (!this.#page.consent.checked) return { what: "Tick the statement to go on.", where: this.#page.consent };
    return null;
  }

  #explain() {
    const { why, add } = this.#page;
    why.textContent = this.#busy ? "Looking for the face…" : (this.#missing?.what ?? "");
    add.setAttribute("aria-disabled", String(this.#busy || this.#missing !== null));
  }

  async #submit() {
    if (this.#busy) return;
    if (this.#missing) {
      this.#missing.where.focus();
      return;
    }
    const form = new FormData();
    for (const file of this.#files) form.append("photos", file);
    const name = this.#page.name.value.trim();
    if (name) form.append("name", name);
    form.append("consent", this.#limits.consent.version);
    this.#busy = true;
    this.#complain("");
    this.#explain();
    try {
      const { reasons = [], ...face } = await addPhotos(form);
      this.#page.dialog.close();
      this.#onadded(face, reasons);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#complain(error.message);
      this.#page.error.focus();
    } finally {
      this.#busy = false;
      this.#explain();
    }
  }

  #complain(message) {
    this.#page.error.textContent = message;
    this.#page.error.hidden = message === "";
  }

  #reset() {
    this.#files = [];
    this.#page.form.reset();
    this.#complain("");
    this.#showThumbs();
    this.#explain();
  }
}
