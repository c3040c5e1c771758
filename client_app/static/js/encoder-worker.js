// Encodes frames off the page's thread. Frames come either out of the camera's own stream or one by one from the page;
// the newest waits in `newest` until the page wants one.
import { JpegEncoder } from "./jpeg.js";

let encoder = null;
let newest = null;
let wanted = 0;
let encoding = false;

const now = () => performance.timeOrigin + performance.now();

self.addEventListener("message", ({ data }) => {
  if (data.type === "begin") {
    encoder = new JpegEncoder(new OffscreenCanvas(2, 2), data.maxBytes, data.longest);
    if (data.frames) readAll(data.frames);
  } else if (data.type === "pace") {
    encoder.pace = data.pace;
  } else if (data.type === "frame") {
    offer(data.frame, data.at);
  } else if (data.type === "want") {
    wanted += 1;
    encodeNewest();
  }
});

async function readAll(frames) {
  const reader = frames.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    offer(value, now());
  }
}

function offer(frame, at) {
  newest?.frame.close();
  newest = { frame, at };
  encodeNewest();
}

async function encodeNewest() {
  if (wanted === 0 || newest === null || encoding) return;
  const { frame, at } = newest;
  newest = null;
  encoding = true;
  try {
    const jpeg = await encoder.encode(frame, frame.displayWidth ?? frame.width, frame.displayHeight ?? frame.height);
    self.postMessage({ jpeg, at }, jpeg ? [jpeg] : []);
  } catch {
    self.postMessage({ jpeg: null, at });
  } finally {
    frame.close();
    wanted -= 1;
    encoding = false;
  }
  encodeNewest();
}
