// Where the picture comes from: which camera, or which video file.
import { CameraProblem, cameraPossible, listCameras, onCamerasChange, openCamera, openVideoFile } from "./camera.js";
import { preference, remember } from "./preferences.js";
import { RESOLUTIONS, resolutionNamed, resolutionsOf } from "./resolution.js";

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
  #sizes;
  #sizeHint;
  #open = null;
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
    this.#sizes = page.getElementById("resolution-select");
    this.#sizeHint = page.getElementById("resolution-hint");
    for (const radio of this.#radios) radio.addEventListener("change", () => this.#showPanel(true));
    this.#select.addEventListener("change", () => {
      remember("camera", this.#select.value);
      onchange();
    });
    this.#file.addEventListener("change", onchange);
    this.#sizes.addEventListener("change", () => {
      remember("resolution", this.#sizes.value);
      this.#open?.resize(resolutionNamed(this.#sizes.value));
    });
    video.addEventListener("resize", () => this.#tellSize());
    this.#offerSizes(RESOLUTIONS);
    onCamerasChange(() => this.#refresh());
    this.#showPanel(false);
    this.#refresh();
  }

  get usesFile() {
    return this.#radios.some((radio) => radio.checked && radio.value === "file");
  }

  /** What the chosen camera is called, null where that is not known or a file is played. */
  get cameraName() {
    const [option] = this.#select.selectedOptions;
    return this.usesFile || !option?.value || option.dataset.named !== "true" ? null : option.text;
  }

  /** Turns to the video file and puts the focus there. */
  offerFile() {
    for (const radio of this.#radios) radio.checked = radio.value === "file";
    this.#showPanel(false);
    this.#file.focus();
  }

  async open(onended) {
    this.#open = await this.#opened(resolutionNamed(this.#sizes.value), onended);
    this.#tellSize();
    return this.#open;
  }

  async #opened(resolution, onended) {
    if (this.usesFile) {
      const [file] = this.#file.files;
      if (!file) throw new CameraProblem("no_video_file");
      return openVideoFile(this.#video, file, resolution);
    }
    const input = await openCamera(this.#video, this.#select.value, resolution, onended);
    // With the permission come the names, and what the camera can do.
    this.#refresh(input.track.getSettings().deviceId);
    this.#offerSizes(resolutionsOf(input.track.getCapabilities?.()));
    return input;
  }

  /** The one chosen stays so where it is among them; else the largest of them comes nearest to it. */
  #offerSizes(resolutions) {
    const wanted = resolutionNamed(preference("resolution"));
    const chosen = resolutions.find(({ name }) => name === wanted.name) ?? resolutions.at(-1);
    this.#sizes.replaceChildren(...resolutions.map(({ name, label }) => new Option(label, name, false, name === chosen.name)));
  }

  #tellSize() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (width > 0) this.#sizeHint.textContent = `${this.usesFile ? "Your file" : "Your camera"} gives ${width} × ${height}. Larger is sharper, and slower.`;
  }

  async #refresh(used = null) {
    const cameras = await listCameras();
    const before = used ?? (this.#select.value || preference("camera"));
    const options = cameras.length > 0 ? cameras : [{ id: "", label: cameraPossible() ? "No camera found" : "Not available" }];
    this.#select.replaceChildren(...options.map((camera) => cameraOption(camera, before)));
    this.#select.disabled = cameras.length === 0;
    this.#hint.textContent = !cameraPossible() ? INSECURE_HINT : cameras.length === 0 ? NONE_HINT : HINT;
  }

  #showPanel(byVisitor) {
    this.#panels.camera.hidden = this.usesFile;
    this.#panels.file.hidden = !this.usesFile;
    if (byVisitor) this.#onchange();
  }
}

function cameraOption({ id, label, named }, chosen) {
  const option = new Option(label, id, false, id !== "" && id === chosen);
  option.dataset.named = String(Boolean(named));
  return option;
}
