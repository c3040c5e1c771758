// Where the picture comes from: which camera, or which video file.
import { CameraProblem, cameraPossible, listCameras, onCamerasChange, openCamera, openVideoFile } from "./camera.js";
import { preference, remember } from "./preferences.js";

const HINT = "Your browser will ask before the camera turns on.";
const NONE_HINT = "No camera found. Plug one in, or play a video file.";
const INSECURE_HINT = "Not available at this address. Play a video file, or see above.";

export class InputChoice {
  #video;
  #radios;
  #panels;
  #select;
  #hint;
  #file;
  #onchange;

  /** `onchange()` is called when the visitor has chosen another camera or file. */
  constructor(page, video, onchange) {
    this.#video = video;
    this.#onchange = onchange;
    this.#radios = [...page.querySelectorAll("input[name=input]")];
    this.#panels = { camera: page.getElementById("camera-choice"), file: page.getElementById("file-choice") };
    this.#select = page.getElementById("camera-select");
    this.#hint = page.getElementById("camera-hint");
    this.#file = page.getElementById("video-file");
    for (const radio of this.#radios) radio.addEventListener("change", () => this.#showPanel(true));
    this.#select.addEventListener("change", () => {
      remember("camera", this.#select.value);
      onchange();
    });
    this.#file.addEventListener("change", onchange);
    onCamerasChange(() => this.#refresh());
    this.#showPanel(false);
    this.#refresh();
  }

  get usesFile() {
    return this.#radios.some((radio) => radio.checked && radio.value === "file");
  }

  /** Turns to the video file and puts the focus there. */
  offerFile() {
    for (const radio of this.#radios) radio.checked = radio.value === "file";
    this.#showPanel(false);
    this.#file.focus();
  }

  async open(onended) {
    if (this.usesFile) {
      const [file] = this.#file.files;
      if (!file) throw new CameraProblem("no_video_file");
      return openVideoFile(this.#video, file);
    }
    const input = await openCamera(this.#video, this.#select.value, onended);
    // With the permission come the names.
    this.#refresh(input.track.getSettings().deviceId);
    return input;
  }

  async #refresh(used = null) {
    const cameras = await listCameras();
    const before = used ?? (this.#select.value || preference("camera"));
    const options = cameras.length > 0 ? cameras : [{ id: "", label: cameraPossible() ? "No camera found" : "Not available" }];
    this.#select.replaceChildren(...options.map(({ id, label }) => new Option(label, id, false, id !== "" && id === before)));
    this.#select.disabled = cameras.length === 0;
    this.#hint.textContent = !cameraPossible() ? INSECURE_HINT : cameras.length === 0 ? NONE_HINT : HINT;
  }

  #showPanel(byVisitor) {
    this.#panels.camera.hidden = this.usesFile;
    this.#panels.file.hidden = !this.usesFile;
    if (byVisitor) this.#onchange();
  }
}
