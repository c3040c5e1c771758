// One recording, from its first frame to its file.
import { bitRate, extensionOf, longest, recordingType } from "./limits.js";
import { RecordedPicture } from "./picture.js";

const CHUNK_MS = 1000;
const LOOK_EVERY_MS = 250;

export class Take {
  #picture;
  #sound;
  #recorder;
  #maxBytes;
  #longest;
  #handlers;
  #chunks = [];
  #bytes = 0;
  #begun = performance.now();
  #looking;

  /**
   * `output` and `newest` as of picture.js, `size` of the picture, `sound` of sound.js or null, `maxBytes` of the file. `handlers`: `delay()` of the picture in ms or null, `passed(seconds)` and, once, `ended(file)` with `{blob, extension}`.
   */
  constructor(output, newest, size, sound, maxBytes, handlers) {
    const type = recordingType((candidate) => MediaRecorder.isTypeSupported(candidate), sound !== null);
    this.#sound = sound;
    this.#maxBytes = maxBytes;
    this.#longest = longest(size, maxBytes);
    this.#handlers = handlers;
    this.#picture = new RecordedPicture(output, size, newest);
    const stream = new MediaStream([this.#picture.track, ...(sound ? [sound.track] : [])]);
    this.#recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: bitRate(size) });
    this.#recorder.addEventListener("dataavailable", ({ data }) => this.#keep(data));
    this.#recorder.addEventListener("stop", () => this.#end(type));
    this.#recorder.start(CHUNK_MS);
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#look();
  }

  get longest() {
    return this.#longest;
  }

  /** What came back from the relay, once it is on the output. */
  frame(answer) {
    this.#picture.take(answer);
  }

  stop() {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
  }

  #look() {
    const delay = this.#handlers.delay();
    if (delay !== null) this.#sound?.follow(delay);
    const seconds = (performance.now() - this.#begun) / 1000;
    this.#handlers.passed(seconds);
    if (seconds >= this.#longest) this.stop();
  }

  #keep(chunk) {
    this.#chunks.push(chunk);
    this.#bytes += chunk.size;
    if (this.#bytes > this.#maxBytes * 0.95) this.stop();
  }

  #end(type) {
    clearInterval(this.#looking);
    this.#picture.close();
    this.#sound?.close();
    for (const track of this.#recorder.stream.getTracks()) track.stop();
    const [plainType] = type.split(";");
    this.#handlers.ended({ blob: new Blob(this.#chunks, { type: plainType }), extension: extensionOf(type) });
  }
}
