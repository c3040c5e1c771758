// The picture that is sent: a camera, or a video file of one's own played in its place.
import { sizeWishes } from "./resolution.js";

/** `code` is one of the camera problems in words.js. */
export class CameraProblem extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const PROBLEM_OF = {
  NotAllowedError: "camera_denied",
  SecurityError: "camera_denied",
  NotFoundError: "no_camera",
  OverconstrainedError: "no_camera",
  NotReadableError: "camera_busy",
  AbortError: "camera_busy",
};

export const cameraPossible = () => Boolean(globalThis.isSecureContext && navigator.mediaDevices?.getUserMedia);

/** The cameras as `{id, label, named}`; before permission a browser tells neither, so the list may be shorter than the truth. */
export async function listCameras() {
  if (!cameraPossible()) return [];
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter((device) => device.kind === "videoinput")
    .map((device, index) => ({ id: device.deviceId, label: device.label || `Camera ${index + 1}`, named: device.label !== "" }));
}

export function onCamerasChange(listener) {
  if (cameraPossible()) navigator.mediaDevices.addEventListener("devicechange", listener);
}

/** What is open: plays in `video`; `track` is the camera's, null for a file. */
class Input {
  #onresize = letGo;
  #close;

  constructor(video, track, resolution, close) {
    Object.assign(this, { video, track, resolution });
    this.#close = close;
  }

  /** `listener()` is called before each change of size, lets go of its copies of the track and returns what is to be called after it; there is one at a time. */
  onresize(listener) {
    this.#onresize = listener;
  }

  /** Takes pictures of another size from now on; a camera that cannot stays as it is. */
  async resize(resolution) {
    this.resolution = resolution;
    // Browsers change the size that a camera gives only while a single track is fed by it.
    const goOn = this.#onresize();
    await this.track?.applyConstraints(sizeWishes(resolution)).catch(() => {});
    if (this.resolution === resolution) goOn();
  }

  close() {
    this.#onresize = letGo;
    this.#close();
  }
}

const letGo = () => () => {};

/** Opens the camera with that id, or any where it is empty, and plays it in `video`. `onended` tells of one unplugged. */
export async function openCamera(video, id, resolution, onended) {
  if (!cameraPossible()) throw new CameraProblem("insecure_origin");
  const which = id ? { deviceId: { exact: id } } : { facingMode: "user" };
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { ...which, ...sizeWishes(resolution) },
    });
  } catch (error) {
    throw new CameraProblem(PROBLEM_OF[error.name] ?? "camera_busy");
  }
  const [track] = stream.getVideoTracks();
  track.addEventListener("ended", onended);
  const close = () => {
    track.removeEventListener("ended", onended);
    track.stop();
    video.srcObject = null;
  };
  video.srcObject = stream;
  return played(new Input(video, track, resolution, close), "camera_busy");
}

/** Plays a file of the visitor's own in a loop. It is read here and goes nowhere. */
export async function openVideoFile(video, file, resolution) {
  const address = URL.createObjectURL(file);
  const close = () => {
    video.pause();
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(address);
  };
  video.loop = true;
  video.src = address;
  return played(new Input(video, null, resolution, close), "bad_video_file");
}

async function played(input, problem) {
  try {
    await input.video.play();
  } catch {
    input.close();
    throw new CameraProblem(problem);
  }
  if (input.video.videoWidth === 0) {
    input.close();
    throw new CameraProblem(problem);
  }
  return input;
}
