// The frames of one open stream: newest picture in, at most a window of them under way, answers to the display.
import { openEncoder } from "./encoder.js";
import { SendWindow } from "./pacing.js";
import { Kind } from "./protocol.js";
import { StreamState } from "./stream.js";

export class FrameFlow {
  #sent = new Map();
  #stream;
  #window;
  #open;
  #encoder;
  #numbers;
  #onswapped;
  #pace;
  #askedAt = -Infinity;
  #asking = null;
  #paused = false;
  #closed = false;

  /** `ready` is the relay's message, `numbers` gives each frame its number, `pace` is one of Adaptation's, `onswapped(answer)` gets what came back. */
  constructor(stream, ready, input, numbers, pace, onswapped) {
    this.#stream = stream;
    this.#numbers = numbers;
    this.#onswapped = onswapped;
    this.#window = new SendWindow(ready.window);
    this.#pace = pace;
    this.#open = () => {
      const encoder = openEncoder(input, ready.max_frame_bytes, (jpeg, at) => this.#send(jpeg, at));
      encoder.setPace(this.#pace);
      return encoder;
    };
    this.#encoder = this.#open();
    input.onresize(() => {
      this.#encoder.close();
      return () => this.#reopen();
    });
    this.#fill();
  }

  /** What came back is handed on together with the JPEG that was `sent` for it. */
  take(answer) {
    this.#window.answered(answer.seq);
    const sent = this.#sent.get(answer.seq);
    this.#sent.delete(answer.seq);
    if (answer.kind === Kind.swapped) this.#onswapped({ ...answer, sent });
    this.#fill();
  }

  pause() {
    this.#paused = true;
  }

  resume() {
    this.#paused = false;
    this.#fill();
  }

  setPace(pace) {
    this.#pace = pace;
    this.#encoder.setPace(pace);
  }

  /** For how long the oldest unanswered frame has been under way. */
  waiting(now) {
    return this.#window.waiting(now);
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#asking);
    this.#encoder.close();
  }

  /** What the encoder that was closed had been asked for is asked of the new one. */
  #reopen() {
    if (this.#closed) return;
    this.#encoder = this.#open();
    for (let place = 0; place < this.#window.reserved; place += 1) this.#encoder.want();
  }

  get #flowing() {
    return !this.#paused && this.#stream.state === StreamState.ready;
  }

  #fill() {
    while (this.#flowing && this.#isTime() && this.#window.reserve()) {
      this.#askedAt = performance.now();
      this.#encoder.want();
    }
  }

  /** Whether the pace allows another frame now; otherwise it is seen to when it does. */
  #isTime() {
    const wait = this.#pace.rate === null ? 0 : this.#askedAt + 1000 / this.#pace.rate - performance.now();
    if (wait <= 0) return true;
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => this.#fill(), wait);
    return false;
  }

  #send(jpeg, at) {
    if (jpeg !== null && this.#flowing) {
      const seq = this.#numbers.next().value;
      this.#window.sent(seq, performance.now());
      this.#stream.sendFrame(seq, at, jpeg);
      this.#sent.set(seq, jpeg);
    } else {
      this.#window.release();
      this.#fill();
    }
  }
}

export function* risingNumbers() {
  for (let number = 1; ; number += 1) yield number;
}
