// The photos chosen in the dialog: each is looked at by the server at once, which says how it crops it and whether it will do.
import { ApiError, checkPhoto } from "./api.js";

export const Verdict = Object.freeze({ looking: "looking", good: "good", usable: "usable", refused: "refused", unknown: "unknown" });

const TITLES = {
  looking: "Looking for the face…",
  good: "Good",
  usable: "Usable",
  refused: "Will not do",
  unknown: "Not checked",
};

export class PhotoList {
  #root;
  #template;
  #onchange;
  #photos = [];
  #working = false;

  /** `onchange()` is called whenever a photo has come, gone or been looked at. */
  constructor(root, template, onchange) {
    this.#root = root;
    this.#template = template;
    this.#onchange = onchange;
  }

  get files() {
    return this.#photos.map(({ file }) => file);
  }

  get isLooking() {
    return this.#photos.some(({ verdict }) => verdict === Verdict.looking);
  }

  /** The button that takes the first photo out that will not do; null where there is none. */
  get wayOut() {
    return this.#photos.find(({ verdict }) => verdict === Verdict.refused)?.item.querySelector("button") ?? null;
  }

  add(files) {
    for (const file of files) {
      const item = this.#template.content.firstElementChild.cloneNode(true);
      const photo = { file, item, verdict: Verdict.looking };
      item.querySelector("img").src = URL.createObjectURL(file);
      item.querySelector("img").alt = file.name;
      const leaveOut = item.querySelector("button");
      leaveOut.setAttribute("aria-label", `Leave out ${file.name}`);
      leaveOut.addEventListener("click", () => this.#remove(photo));
      this.#photos.push(photo);
      this.#root.append(item);
      this.#tell(photo, Verdict.looking, "");
    }
    this.#onchange();
    this.#lookAtAll();
  }

  clear() {
    for (const photo of this.#photos) letGo(photo);
    this.#photos = [];
    this.#root.replaceChildren();
  }

  #remove(photo) {
    letGo(photo);
    photo.item.remove();
    this.#photos = this.#photos.filter((other) => other !== photo);
    this.#onchange();
  }

  /** One after the other: the model has others to serve. */
  async #lookAtAll() {
    if (this.#working) return;
    this.#working = true;
    for (let photo = this.#next(); photo; photo = this.#next()) {
      await this.#lookAt(photo);
      this.#onchange();
    }
    this.#working = false;
  }

  #next() {
    return this.#photos.find(({ verdict }) => verdict === Verdict.looking);
  }

  async #lookAt(photo) {
    try {
      const { verdict, reasons, crop } = await checkPhoto(photo.file);
      if (crop) this.#show(photo, `data:image/jpeg;base64,${crop.b64}`, `${photo.file.name}, as it is cropped`);
      this.#tell(photo, verdict, reasons.map((reason) => reason.message).join(" "));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.passing) this.#tell(photo, Verdict.unknown, `${error.message} It will be looked at when you use it.`);
      else this.#tell(photo, Verdict.refused, error.message);
    }
  }

  #show(photo, address, words) {
    letGo(photo);
    Object.assign(photo.item.querySelector("img"), { src: address, alt: words });
  }

  #tell(photo, verdict, words) {
    photo.verdict = verdict;
    photo.item.dataset.verdict = verdict;
    photo.item.querySelector(".photo-verdict").textContent = TITLES[verdict];
    photo.item.querySelector(".photo-reason").textContent = words;
  }
}

function letGo({ item }) {
  const { src } = item.querySelector("img");
  if (src.startsWith("blob:")) URL.revokeObjectURL(src);
}
