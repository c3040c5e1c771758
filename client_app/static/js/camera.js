// The picture that is sent: a camera, or a video file of one's own played in its place.

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

/** The cameras as `{id, label}`; before permission a browser tells neither, so the list may be shorter than the truth. */
export async function listCameras() {
  if (!cameraPossible()) return [];
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter((device) => device.kind === "videoinput")
    .map((device, index) => ({ id: device.deviceId, label: device.label || `Camera ${index + 1}` }));
}

export function onCamerasChange(listener) {
  if (cameraPossible()) navigator.mediaDevices.addEventListener("devicechange", listener);
}

/** Opens the camera with that id, or any where it is empty, and plays it in `video`. `onended` tells of one unplugged. */
export async function openCamera(video, id, onended) {
  if (!cameraPossible()) throw new CameraProblem("insecure_origin");
  const which = id ? { deviceId: { exact: id } } : { facingMode: "user" };
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { ...which, width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } },
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
  return played(video, track, close);
}

/** Plays a file of the visitor's own in a loop. It is read here and goes nowhere. */
export async function openVideoFile(video, file) {
  const address = URL.createObjectURL(file);
  const close = () => {
    video.pause();
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(address);
  };
  video.loop = true;
  video.src = address;
  return played(video, null, close, "bad_video_file");
}

async function played(video, track, close, problem = "camera_busy") {
  try {
    await video.play();
  } catch {
    close();
    throw new CameraProblem(problem);
  }
  if (video.videoWidth === 0) {
    close();
    throw new CameraProblem(problem);
  }
  return { video, track, close };
}
