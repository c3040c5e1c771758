// The form: which files, with whose word, and then the sending of them, one after the other.
import { ApiError } from "../api.js";
import { bring, startJob } from "../media-api.js";
import { kindOf, readableSize } from "./kinds.js";

export class Order {
  #page;
  #limits;
  #handlers;
  #files = [];
  #queue = Promise.resolve();

  /** `limits`: `media_consent` {version, text} and `max_media_bytes`. `handlers`: `what(kind)` gives source and options or null, `sending(entry)`, `gone(entry)`, `started()`, `refused(title, text)`. */
  constructor(page, limits, handlers) {
    const byId = (id) => page.getElementById(id);
    this.#page = {
      form: byId("order"), drop: byId("drop"), files: byId("files"), pending: byId("pending"), template: byId("pending-template"),
      consent: byId("consent"), why: byId("why"), go: byId("go"),
    };
    this.#limits = limits;
    this.#handlers = handlers;
    byId("statement").textContent = limits.media_consent.text;
    byId("file-limits").textContent = `JPEG, PNG or WebP; MP4, MOV, WebM or MKV. Up to ${readableSize(limits.max_media_bytes)} each.`;
    this.#listen(page);
    // Some may have been chosen while the page was still loading.
    this.#addChosen();
  }

  #listen(page) {
    const { form, drop, files, consent } = this.#page;
    files.addEventListener("change", () => this.#addChosen());
    for (const type of ["dragenter", "dragover"]) {
      page.addEventListener(type, (event) => {
        event.preventDefault();
        drop.toggleAttribute("data-over", true);
      });
    }
    for (const type of ["dragleave", "drop"]) page.addEventListener(type, () => drop.toggleAttribute("data-over", false));
    page.addEventListener("drop", (event) => {
      if (event.target.closest("dialog")) return;
      event.preventDefault();
      this.#add([...event.dataTransfer.files]);
    });
    consent.addEventListener("change", () => this.#explain());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  #addChosen() {
    const { files } = this.#page;
    this.#add([...files.files]);
    files.value = "";
  }

  #add(files) {
    const refusals = files.map((file) => this.#refusal(file)).filter(Boolean);
    this.#files.push(...files.filter((file) => this.#refusal(file) === null));
    this.#show();
    if (refusals.length > 0) this.#handlers.refused("This cannot be changed", refusals.join(" "));
  }

  #refusal(file) {
    const { max_media_bytes: most } = this.#limits;
    if (kindOf(file) === null) return `${file.name} is neither a picture (JPEG, PNG, WebP) nor a video (MP4, MOV, WebM, MKV).`;
    if (file.size === 0) return `${file.name} is empty.`;
    if (file.size > most) return `${file.name} has ${readableSize(file.size)}; at most ${readableSize(most)} can be taken. Make it shorter or smaller.`;
    return null;
  }

  #show() {
    const { pending, template } = this.#page;
    pending.replaceChildren(
      ...this.#files.map((file) => {
        const item = template.content.firstElementChild.cloneNode(true);
        item.querySelector(".pending-name").textContent = file.name;
        item.querySelector(".pending-size").textContent = readableSize(file.size);
        const remove = item.querySelector("button");
        remove.setAttribute("aria-label", `Leave out ${file.name}`);
        remove.addEventListener("click", () => {
          this.#files = this.#files.filter((other) => other !== file);
          this.#show();
          this.#page.files.focus();
        });
        return item;
      }),
    );
    this.#explain();
  }

  get #missing() {
    if (this.#files.length === 0) return { what: "Choose a file to go on.", where: this.#page.files };
    if (!this.#page.consent.checked) return { what: "Tick the statement to go on.", where: this.#page.consent };
    return null;
  }

  #explain() {
    const { why, go } = this.#page;
    why.textContent = this.#missing?.what ?? "";
    go.setAttribute("aria-disabled", String(this.#missing !== null));
    go.textContent = this.#files.length > 1 ? `Change ${this.#files.length} files` : "Change it";
  }

  #submit() {
    if (this.#missing) return this.#missing.where.focus();
    const orders = this.#files.map((file) => ({ file, what: this.#handlers.what(kindOf(file)) }));
    if (orders.some(({ what }) => what === null)) return this.#handlers.refused("Choose a face first", "Pick one, or bring a photo.");
    this.#files = [];
    this.#show();
    for (const { file, what } of orders) this.#enqueue(file, what);
  }

  #enqueue(file, what) {
    const abort = new AbortController();
    const entry = { name: file.name, kind: kindOf(file), state: "queued", sent: 0, cancel: () => abort.abort() };
    this.#handlers.sending(entry);
    abort.signal.addEventListener("abort", () => this.#handlers.gone(entry));
    this.#queue = this.#queue.then(() => this.#send(file, entry, what, abort.signal));
  }

  async #send(file, entry, what, signal) {
    if (signal.aborted) return;
    try {
      entry.state = "uploading";
      const upload = await bring(file, file.name, this.#limits.media_consent.version, (sent) => {
        entry.sent = sent;
        if (!signal.aborted) this.#handlers.sending(entry);
      }, signal);
      const job = await startJob({ upload, kind: entry.kind, ...what });
      this.#handlers.gone(entry);
      this.#handlers.started(job);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (signal.aborted) return;
      Object.assign(entry, { state: "failed", message: error.message });
      this.#handlers.sending(entry);
    }
  }
}
