// One WebSocket to the relay, from start to close. Its state is explicit; what is not legal in a state is an error.
import { PING_MESSAGE, optionsMessage, packFrame, parseAnswer, parseControl, startMessage } from "./protocol.js";

export const StreamState = Object.freeze({
  connecting: "connecting",
  starting: "starting",
  ready: "ready",
  closed: "closed",
});

const PING_EVERY_MS = 10_000;
const START_PATIENCE_MS = 20_000;

/**
 * `handlers`: `started()` when the relay has been asked to begin, `ready(message)`, `answer(answer)`, `faces(message)`, `notes(message)`, `refused(message)` for an option that the relay refuses, `trouble(message)` for another error
 * that leaves the stream open, and `closed(code, reason)` once, unless the page itself closed the stream.
 */
export class RelayStream {
  #socket;
  #handlers;
  #state = StreamState.connecting;
  #lastSent = performance.now();
  #pinging;
  #patience = null;
  #frameBytes = 1;
  #traffic = { sent: 0, received: 0 };

  constructor(url, token, handlers) {
    this.#handlers = handlers;
    this.#socket = new WebSocket(url);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.addEventListener("open", () => this.#begin(token));
    this.#socket.addEventListener("message", ({ data }) => this.#receive(data));
    this.#socket.addEventListener("close", ({ code, reason }) => this.#end(code, reason));
    this.#pinging = setInterval(() => this.#pingWhenQuiet(), PING_EVERY_MS / 4);
    this.#waitForReady();
  }

  get state() {
    return this.#state;
  }

  /** Frames, or how much of one, that wait to leave the browser. */
  get backlog() {
    return this.#socket.bufferedAmount / this.#frameBytes;
  }

  /** Bytes of frames so far: `{sent, received}`. */
  get traffic() {
    return { ...this.#traffic };
  }

  /** Another face or a renewed token on the open stream; frames wait until the relay is ready again. */
  restart(token) {
    this.#expect(StreamState.ready);
    this.#begin(token);
    this.#waitForReady();
  }

  /** They hold from the next frame that is sent. */
  setOptions(options) {
    this.#expect(StreamState.ready);
    this.#send(optionsMessage(options));
  }

  sendFrame(seq, clock, jpeg) {
    this.#expect(StreamState.ready);
    this.#send(packFrame(seq, clock, jpeg));
    this.#frameBytes = jpeg.byteLength;
    this.#traffic.sent += jpeg.byteLength;
  }

  /** Ends the stream from this side; no handler is called any more. */
  close() {
    if (this.#state === StreamState.closed) return;
    this.#finish();
    this.#socket.close(1000, "stopped by the visitor");
  }

  #begin(token) {
    if (this.#state === StreamState.closed) return;
    this.#state = StreamState.starting;
    this.#send(startMessage(token));
    this.#handlers.started();
  }

  #receive(data) {
    if (this.#state === StreamState.closed) return;
    const text = typeof data === "string";
    let message;
    try {
      message = text ? parseControl(data) : parseAnswer(data);
    } catch (error) {
      this.#socket.close(4400);
      this.#end(4400, error.message);
      return;
    }
    if (text) return this.#obey(message);
    this.#traffic.received += message.jpeg.byteLength;
    this.#handlers.answer(message);
  }

  #obey(message) {
    if (message.type === "ready") {
      clearTimeout(this.#patience);
      this.#state = StreamState.ready;
      this.#handlers.ready(message);
    } else if (message.type === "faces") {
      this.#handlers.faces(message);
    } else if (message.type === "notes") {
      this.#handlers.notes(message);
    } else if (message.type === "error") {
      if (message.code === "bad_option") this.#handlers.refused(message);
      else this.#handlers.trouble(message);
    }
  }

  #waitForReady() {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      this.#socket.close(1000);
      this.#end(1013, "The relay did not get ready in time.");
    }, START_PATIENCE_MS);
  }

  #pingWhenQuiet() {
    const open = this.#state === StreamState.ready || this.#state === StreamState.starting;
    if (open && performance.now() - this.#lastSent >= PING_EVERY_MS * 0.7) this.#send(PING_MESSAGE);
  }

  #send(message) {
    // The relay may have begun to close; its code and reason come with the close event.
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#lastSent = performance.now();
    this.#socket.send(message);
  }

  #end(code, reason) {
    if (this.#state === StreamState.closed) return;
    this.#finish();
    this.#handlers.closed(code, reason);
  }

  #finish() {
    this.#state = StreamState.closed;
    clearInterval(this.#pinging);
    clearTimeout(this.#patience);
  }

  #expect(state) {
    if (this.#state !== state) throw new Error(`The stream should be ${state} for this, it is ${this.#state}.`);
  }
}
