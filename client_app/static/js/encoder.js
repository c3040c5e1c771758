// Samples what the camera (or the video played as one) shows, and turns the newest frame into a JPEG whenever asked.
//
// Three ways, the best that the browser has: the track's own frames handed to a worker; frames sampled from the video
// element and encoded in a worker; and everything on the page where there is no OffscreenCanvas.
import { JpegEncoder } from "./jpeg.js";

const TRACK_FRAMES = "MediaStreamTrackProcessor" in globalThis;
const WORKER_CANVAS = typeof OffscreenCanvas === "function" && "convertToBlob" in OffscreenCanvas.prototype;

/** `onjpeg(jpeg, at)` answers each `want()`: the bytes, or null where encoding failed, and the time of capture. */
export function openEncoder({ video, track, resolution }, maxBytes, onjpeg) {
  const limits = { maxBytes, longest: resolution.width };
  if (!WORKER_CANVAS) return new PageEncoder(video, limits, onjpeg);
  return new WorkerEncoder(video, TRACK_FRAMES ? track : null, limits, onjpeg);
}

class WorkerEncoder {
  #worker = new Worker(new URL("./encoder-worker.js", import.meta.url), { type: "module" });
  #sampling = null;
  #copy = null;

  constructor(video, track, limits, onjpeg) {
    this.#worker.addEventListener("message", ({ data }) => onjpeg(data.jpeg, data.at - performance.timeOrigin));
    if (track) {
      // A clone, so that closing the encoder leaves the camera's own track to its owner.
      this.#copy = track.clone();
      const frames = new MediaStreamTrackProcessor({ track: this.#copy, maxBufferSize: 1 }).readable;
      this.#worker.postMessage({ type: "begin", ...limits, frames }, [frames]);
    } else {
      this.#worker.postMessage({ type: "begin", ...limits });
      this.#sampling = sample(video, (at) => this.#offer(video, at));
    }
  }

  want() {
    this.#worker.postMessage({ type: "want" });
  }

  setPace(pace) {
    this.#worker.postMessage({ type: "pace", pace });
  }

  close() {
    this.#sampling?.();
    this.#copy?.stop();
    this.#worker.terminate();
  }

  async #offer(video, at) {
    const frame = await createImageBitmap(video).catch(() => null);
    if (frame) this.#worker.postMessage({ type: "frame", frame, at: at + performance.timeOrigin }, [frame]);
  }
}

class PageEncoder {
  #video;
  #encoder;
  #onjpeg;
  #wanted = 0;
  #newest = null;
  #encoding = false;
  #sampling;

  constructor(video, { maxBytes, longest }, onjpeg) {
    this.#video = video;
    this.#encoder = new JpegEncoder(document.createElement("canvas"), maxBytes, longest);
    this.#onjpeg = onjpeg;
    this.#sampling = sample(video, (at) => {
      this.#newest = at;
      this.#encodeNewest();
    });
  }

  want() {
    this.#wanted += 1;
    this.#encodeNewest();
  }

  setPace(pace) {
    this.#encoder.pace = pace;
  }

  close() {
    this.#sampling();
    this.#onjpeg = () => {};
  }

  async #encodeNewest() {
    if (this.#wanted === 0 || this.#newest === null || this.#encoding) return;
    const at = this.#newest;
    this.#newest = null;
    this.#wanted -= 1;
    this.#encoding = true;
    const jpeg = await this.#encoder.encode(this.#video, this.#video.videoWidth, this.#video.videoHeight).catch(() => null);
    this.#encoding = false;
    this.#onjpeg(jpeg, at);
    this.#encodeNewest();
  }
}

/** Calls `onframe(at)` for each frame that the video shows, until the returned function is called. */
function sample(video, onframe) {
  let going = true;
  const byVideo = "requestVideoFrameCallback" in video;
  const again = () => (byVideo ? video.requestVideoFrameCallback(step) : requestAnimationFrame(step));
  const step = (now, metadata) => {
    if (!going) return;
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) onframe(metadata?.captureTime ?? now);
    again();
  };
  again();
  return () => {
    going = false;
  };
}
