// The dialog in which a visitor brings photos of one person, after agreeing to the statement, or changes a face of theirs.
import { addPhotos, ApiError, renameSource } from "./api.js";
import { PhotoCamera } from "./photo-camera.js";
import { PhotoList } from "./photo-list.js";

const megabytes = (bytes) => `${Math.floor(bytes / 1_000_000)} MB`;

const BRINGING = {
  title: "Bring a photo",
  lead: "One clear photo from the front works best. More photos of the same person help.",
  add: "Use this face",
};
const changing = (face) => ({
  title: `Change ${face.name}`,
  lead: "Give it another name, or choose photos that take the place of those it has.",
  add: "Save",
});

export class PhotoDialog {
  #page;
  #limits;
  #handlers;
  #photos;
  #camera;
  #changed = null;
  #busy = false;

  /**
   * `page` is the document, `limits` the page's configuration. `handlers`: `added(face, reasons, replaced)` gets what the server
   * made of the photos, and the face whose place they take or null; `renamed(face)`.
   */
  constructor(page, limits, handlers) {
    this.#page = Object.fromEntries(
      ["dialog", "form", "title", "lead", "close", "cancel", "sources", "drop", "files", "limits", "list", "name", "agreement", "consent",
        "statement", "why", "error", "add"].map((part) => [part, page.getElementById(`photo-${part}`)]),
    );
    this.#limits = limits;
    this.#handlers = handlers;
    this.#photos = new PhotoList(this.#page.list, page.getElementById("photo-template"), () => this.#explain());
    this.#camera = new PhotoCamera(page, {
      opened: () => this.#showSources(false),
      closed: () => this.#showSources(true),
      taken: (file) => this.#take([file]),
      failed: (words) => this.#complain(words),
    });
    const { dialog, form, close, cancel, files, consent, statement, name } = this.#page;
    statement.textContent = limits.consent.text;
    this.#page.limits.textContent =
      `JPEG, PNG or WebP, up to ${megabytes(limits.max_upload_bytes)} each, at most ${limits.max_photos} photos of one person.`;
    close.addEventListener("click", () => dialog.close());
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => this.#reset());
    files.addEventListener("change", () => this.#take([...files.files]));
    for (const field of [consent, name]) field.addEventListener("input", () => this.#explain());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#acceptDrops();
    this.#reset();
  }

  /** Without a face of the visitor's to change, brings a new one. */
  open(face = null) {
    this.#changed = face;
    const { title, lead, add } = face ? changing(face) : BRINGING;
    this.#page.title.textContent = title;
    this.#page.lead.textContent = lead;
    this.#page.add.textContent = add;
    this.#page.name.value = face?.name ?? "";
    this.#explain();
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
    this.#camera.close();
    const pictures = files.filter((file) => file.type.startsWith("image/"));
    const small = pictures.filter((file) => file.size <= this.#limits.max_upload_bytes);
    const room = this.#limits.max_photos - this.#photos.files.length;
    if (pictures.length < files.length) this.#complain("Only pictures can be used: JPEG, PNG or WebP.");
    else if (small.length < pictures.length) this.#complain(`A photo may have up to ${megabytes(this.#limits.max_upload_bytes)}. Make it smaller, or choose another.`);
    else if (small.length > room) this.#complain(`At most ${this.#limits.max_photos} photos of one person can be used.`);
    else this.#complain("");
    this.#photos.add(small.slice(0, room));
  }

  #showSources(shown) {
    this.#page.sources.hidden = !shown;
    this.#complain("");
  }

  /** Of a face that is changed, its name alone may be. */
  get #renamesOnly() {
    return this.#changed !== null && this.#photos.files.length === 0;
  }

  get #missing() {
    const { files, consent, name } = this.#page;
    if (this.#renamesOnly) {
      const other = name.value.trim() !== this.#changed.name;
      return other ? null : { what: "Write another name, or choose photos.", where: name };
    }
    if (this.#photos.files.length === 0) return { what: "Choose a photo to go on.", where: files };
    if (this.#photos.wayOut) return { what: "Leave out what will not do.", where: this.#photos.wayOut };
    if (!consent.checked) return { what: "Tick the statement to go on.", where: consent };
    return null;
  }

  #explain() {
    const { why, add, agreement, consent } = this.#page;
    agreement.hidden = this.#renamesOnly;
    if (this.#photos.files.length === 0) consent.checked &&= !this.#changed;
    why.textContent = this.#busy ? "Looking for the face…" : (this.#missing?.what ?? "");
    add.setAttribute("aria-disabled", String(this.#busy || this.#missing !== null));
  }

  async #submit() {
    if (this.#busy) return;
    if (this.#missing) {
      this.#missing.where.focus();
      return;
    }
    this.#busy = true;
    this.#complain("");
    this.#explain();
    try {
      if (this.#renamesOnly) await this.#rename();
      else await this.#bring();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#complain(error.message);
      this.#page.error.focus();
    } finally {
      this.#busy = false;
      this.#explain();
    }
  }

  async #rename() {
    const face = await renameSource(this.#changed.id, this.#page.name.value);
    this.#page.dialog.close();
    this.#handlers.renamed(face);
  }

  async #bring() {
    const form = new FormData();
    for (const file of this.#photos.files) form.append("photos", file);
    const name = this.#page.name.value.trim();
    if (name) form.append("name", name);
    form.append("consent", this.#limits.consent.version);
    const replaced = this.#changed;
    const { reasons = [], ...face } = await addPhotos(form);
    this.#page.dialog.close();
    this.#handlers.added(face, reasons, replaced?.id === face.id ? null : replaced);
  }

  #complain(message) {
    this.#page.error.textContent = message;
    this.#page.error.hidden = message === "";
  }

  #reset() {
    this.#camera.close();
    this.#photos.clear();
    this.#changed = null;
    this.#page.form.reset();
    this.#complain("");
    this.#explain();
  }
}
