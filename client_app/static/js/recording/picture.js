// The picture that is recorded: swapped frames at one size, and a neutral card wherever none is to be had. The camera's own picture never gets here.
import { openTrack } from "./track.js";

/** A single frame in which the face is missed is bridged by the frame before. */
const HELD_MS = 700;
const LOOK_EVERY_MS = 200;
const CARD = { ground: "#17191e", ink: "#a8b0bc", words: "One moment" };

export class RecordedPicture {
  #canvas = document.createElement("canvas");
  #context;
  #track;
  #output;
  #now;
  #newest;
  #looking;

  /** `output` shows what came back, and since `newest` a swapped frame, -Infinity where it shows another; `size` is that of the recording. */
  constructor(output, { width, height }, newest, now = () => performance.now()) {
    this.#output = output;
    this.#newest = newest;
    this.#now = now;
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#context = this.#canvas.getContext("2d", { alpha: false });
    this.#track = openTrack(this.#canvas);
    if (this.#isTooOld) this.#drawCard();
    else this.#copy();
    this.#looking = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  get canvas() {
    return this.#canvas;
  }

  get track() {
    return this.#track.track;
  }

  /** A frame has come and is on the output; one in which no face was found may be the camera's own. */
  take({ faces }) {
    if (faces === 0) return this.look();
    this.#newest = this.#now();
    this.#copy();
  }

  /** Turns to the card where the last swapped frame is too old. */
  look() {
    if (this.#isTooOld) this.#drawCard();
  }

  close() {
    clearInterval(this.#looking);
  }

  get #isTooOld() {
    return this.#now() - this.#newest > HELD_MS;
  }

  #copy() {
    const { width, height } = this.#canvas;
    const scale = Math.min(width / this.#output.width, height / this.#output.height);
    const [wide, high] = [this.#output.width * scale, this.#output.height * scale];
    if (wide < width || high < height) this.#fill();
    this.#context.drawImage(this.#output, (width - wide) / 2, (height - high) / 2, wide, high);
    this.#track.drawn();
  }

  #drawCard() {
    const { width, height } = this.#canvas;
    this.#fill();
    this.#context.fillStyle = CARD.ink;
    this.#context.font = `600 ${Math.round(height / 16)}px system-ui, sans-serif`;
    this.#context.textAlign = "center";
    this.#context.fillText(CARD.words, width / 2, height / 2);
    this.#track.drawn();
  }

  #fill() {
    this.#context.fillStyle = CARD.ground;
    this.#context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
  }
}
