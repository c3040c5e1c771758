// The live session: camera, token, stream and frames, from Start to Stop, through every interruption between.
import { Adaptation } from "./adaptation.js";
import { openSession } from "./api.js";
import { FrameFlow, risingNumbers } from "./flow.js";
import { Backoff, Meter } from "./pacing.js";
import { Remedy, remedyFor } from "./protocol.js";
import { RelayStream, StreamState } from "./stream.js";

export const Phase = Object.freeze({
  idle: "idle",
  asking: "asking",
  connecting: "connecting",
  preparing: "preparing",
  live: "live",
  waiting: "waiting",
});

const PROBLEM_OF_CLOSE = { 4400: "broken_protocol", 4401: "stream_refused", 4413: "broken_protocol", 4429: "too_many_streams" };

const FACELESS_AFTER_MS = 1500;
const LOOK_AT_PACE_EVERY_MS = 500;

export class Studio {
  #display;
  #settings;
  #cast;
  #onchange;
  #meter = new Meter();
  #adapting = true;
  #adaptation = new Adaptation();
  #backoff = new Backoff();
  #numbers = risingNumbers();
  #phase = Phase.idle;
  #problem = null;
  #trouble = null;
  #retryAt = null;
  #retry = null;
  #reason = "";
  #faceless = false;
  #noFace = null;
  #notes = [];
  #hidden = document.hidden;
  #lastFaceAt = 0;
  #face = null;
  #input = null;
  #stream = null;
  #flow = null;
  #granted = [];
  #askedAgain = false;
  #run = 0;

  /** `settings` and `cast` give each stream its options; `onchange()` is called whenever `status` has changed. */
  constructor(display, settings, cast, onchange) {
    this.#display = display;
    this.#settings = settings;
    this.#cast = cast;
    this.#onchange = onchange;
    setInterval(() => this.#keepUp(), LOOK_AT_PACE_EVERY_MS);
  }

  /**
   * `problem` is `{code, detail}` for words.js: why the session ended; `trouble` likewise: why no picture comes just now. `noFace` is what the stream does with a picture without a face, `notes`
   * `[{code, message}]` what the model does otherwise than asked.
   */
  get status() {
    return {
      phase: this.#phase,
      face: this.#face,
      problem: this.#problem,
      trouble: this.#trouble,
      retryAt: this.#retryAt,
      reason: this.#reason,
      faceless: this.#faceless,
      noFace: this.#noFace,
      notes: this.#notes,
      pace: this.#adaptation.pace,
    };
  }

  readout(now) {
    const { sent, received } = this.#stream?.traffic ?? { sent: 0, received: 0 };
    return { fps: this.#meter.fps(now), delay: this.#meter.medianDelay(now), sent, received };
  }

  /** Whether less is sent while the network or the model is slow. */
  set adapting(adapting) {
    this.#adapting = adapting;
    if (adapting) return;
    this.#adaptation = new Adaptation();
    if (this.#phase === Phase.live) this.#applyPace();
  }

  /** `openInput(onended)` opens the camera or file; it rejects with a CameraProblem. */
  async start(face, openInput) {
    if (this.#phase !== Phase.idle) return;
    const run = ++this.#run;
    this.#face = face;
    this.#askedAgain = false;
    this.#backoff.reset();
    this.#adaptation = new Adaptation();
    this.#enter(Phase.asking);
    try {
      const input = await openInput(() => this.stop({ code: "camera_gone" }));
      if (run !== this.#run) return input.close();
      this.#input = input;
    } catch (error) {
      if (run === this.#run) this.stop({ code: error.code ?? "camera_busy" });
      return;
    }
    await this.#connect();
  }

  /** Turns everything off; `problem` says why where the visitor did not ask for it. */
  stop(problem = null) {
    this.#run += 1;
    this.#hangUp();
    this.#input?.close();
    this.#input = null;
    this.#display.clear();
    this.#cast.clear();
    this.#enter(Phase.idle, { problem });
  }

  async changeFace(face) {
    if (this.#phase === Phase.idle) return;
    this.#face = face;
    this.#askedAgain = false;
    if (this.#phase === Phase.asking) return this.#onchange();
    this.#flow?.pause();
    await this.#connect();
  }

  /** Has the open stream go by the settings as they now are; one that is yet to open will do so by itself. */
  applySettings() {
    if (this.#phase !== Phase.live) return;
    const options = { ...this.#settings.optionsFor(this.#face), assign: this.#cast.assign };
    if (options.quality > this.#adaptation.pace.received) options.quality = this.#adaptation.pace.received;
    this.#noFace = options.no_face ?? null;
    this.#stream.setOptions(options);
  }

  /** Has the open stream go by who wears what; for a face that the stream may not use yet, a token is asked for. */
  applyCast() {
    if (this.#cast.sources.every((source) => this.#granted.includes(source))) this.applySettings();
    else this.changeFace(this.#face);
  }

  retryNow() {
    if (this.#phase === Phase.waiting) this.#connect();
  }

  /** A hidden page sends nothing; the stream itself stays open. */
  setHidden(hidden) {
    if (hidden === this.#hidden) return;
    this.#hidden = hidden;
    this.#meter.clear();
    if (hidden) this.#flow?.pause();
    else if (this.#phase === Phase.live) this.#flow.resume();
    else this.retryNow();
  }

  drawn(answer) {
    const now = performance.now();
    this.#meter.record(now, now - answer.clock);
    this.#backoff.reset();
    this.#askedAgain = false;
    if (answer.faces > 0) this.#lastFaceAt = now;
    const faceless = now - this.#lastFaceAt > FACELESS_AFTER_MS;
    if (this.#trouble === null && this.#faceless === faceless) return;
    this.#trouble = null;
    this.#faceless = faceless;
    this.#onchange();
  }

  /** Gets a token for the chosen face and starts the stream with it: the open one where there is one, else a new one. */
  async #connect() {
    clearTimeout(this.#retry);
    const run = ++this.#run;
    this.#enter(this.#stream === null ? Phase.connecting : Phase.preparing);
    const sources = [...new Set([this.#face.id, ...this.#cast.sources])];
    let session;
    try {
      session = await openSession(sources);
    } catch (error) {
      if (run !== this.#run) return;
      // One of the further faces may be gone: the chosen one alone is worth another try.
      if (!error.passing && sources.length > 1) {
        this.#cast.clear();
        return this.#connect();
      }
      if (error.passing) this.#wait(error.message);
      else this.stop({ code: "session_refused", detail: error.message });
      return;
    }
    if (run !== this.#run) return;
    this.#granted = sources;
    if (this.#stream?.state === StreamState.ready) {
      this.#stream.restart(session.token);
      return;
    }
    this.#hangUp();
    this.#stream = new RelayStream(session.url, session.token, {
      started: () => this.#enter(Phase.preparing),
      ready: (message) => this.#begin(message),
      answer: (answer) => this.#flow?.take(answer),
      faces: (message) => this.#cast.see(message.faces),
      notes: (message) => this.#note(message.notes),
      refused: (message) => this.#settings.refuse(message.option, message.message),
      trouble: (message) => this.#worry(message),
      closed: (code, reason) => this.#lost(code, reason),
    });
  }

  #begin(ready) {
    this.#enter(Phase.live);
    this.#cast.renumber();
    this.#settings.learn(ready.model.parameters);
    this.applySettings();
    if (this.#flow === null) {
      this.#flow = new FrameFlow(this.#stream, ready, this.#input, this.#numbers, this.#adaptation.pace, (answer) => this.#display.show(answer));
    }
    if (this.#hidden) this.#flow.pause();
    else this.#flow.resume();
  }

  #keepUp() {
    if (!this.#adapting || this.#phase !== Phase.live || this.#trouble !== null || this.#hidden) return;
    const now = performance.now();
    const measured = { delay: this.#meter.medianDelay(now), waiting: this.#flow.waiting(now), backlog: this.#stream.backlog };
    if (this.#adaptation.look(now, measured)) this.#applyPace();
  }

  #applyPace() {
    this.#flow.setPace(this.#adaptation.pace);
    this.applySettings();
    this.#onchange();
  }

  #note(notes) {
    this.#notes = Array.isArray(notes) ? notes.filter((note) => typeof note?.code === "string") : [];
    this.#onchange();
  }

  #worry(message) {
    this.#trouble = { code: message.code, detail: message.message };
    this.#onchange();
  }

  #lost(code, reason) {
    this.#hangUp();
    const remedy = remedyFor(code);
    if (remedy === Remedy.retry) {
      this.#wait(reason);
    } else if (remedy === Remedy.freshToken && !this.#askedAgain) {
      this.#askedAgain = true;
      this.#connect();
    } else if (this.#phase === Phase.preparing && this.#trouble !== null) {
      this.stop({ code: "session_refused", detail: this.#trouble.detail });
    } else {
      this.stop({ code: PROBLEM_OF_CLOSE[code], detail: reason });
    }
  }

  #wait(reason) {
    this.#hangUp();
    this.#reason = reason;
    const wait = this.#backoff.next();
    this.#retry = setTimeout(() => this.#connect(), wait);
    this.#enter(Phase.waiting, { retryAt: performance.now() + wait });
  }

  #hangUp() {
    clearTimeout(this.#retry);
    this.#flow?.close();
    this.#flow = null;
    this.#stream?.close();
    this.#stream = null;
  }

  #enter(phase, { problem = null, retryAt = null } = {}) {
    this.#phase = phase;
    this.#problem = problem;
    this.#retryAt = retryAt;
    this.#trouble = null;
    this.#faceless = false;
    this.#notes = [];
    this.#lastFaceAt = performance.now();
    this.#meter.clear();
    this.#onchange();
  }
}
