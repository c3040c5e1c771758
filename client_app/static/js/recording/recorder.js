// Recording as the visitor meets it: the question before, the clock while it runs, and what becomes of the file.
import { extensionless } from "../snapshot.js";
import { deliver } from "./delivery.js";
import { clock, longest, roughly } from "./limits.js";
import { openSound } from "./sound.js";
import { Take } from "./take.js";
import { goesOnUnseen } from "./track.js";

const NOTICE = "recording";

export class Recorder {
  #page;
  #media;
  #handlers;
  #take = null;
  #newest = -Infinity;
  #opening = false;
  #unsent = 0;

  /**
   * `media` is `{max_bytes, consent: {version, text}}`. `handlers`: `size()` of the picture at full pace, or null while there is none, `delay()` in ms or null, `faceName()`, `ended()` when the recording is over, `notices`, and `say(words)`.
   */
  constructor(page, media, handlers) {
    const byId = (id) => page.getElementById(id);
    this.#page = {
      output: byId("output"), button: byId("record"), state: byId("recording-state"), clock: byId("recording-clock"),
      dialog: byId("record-dialog"), form: byId("record-form"), limit: byId("record-limit"), soundHint: byId("record-sound-hint"),
    };
    this.#media = media;
    this.#handlers = handlers;
    const { dialog, form } = this.#page;
    byId("record-statement").textContent = media.consent.text;
    byId("record-sight").hidden = goesOnUnseen();
    for (const id of ["record-close", "record-cancel"]) byId(id).addEventListener("click", () => dialog.close());
    form.addEventListener("change", () => (this.#page.soundHint.hidden = !this.#withSound));
    form.addEventListener("submit", () => this.#begin());
    window.addEventListener("beforeunload", (event) => (this.#take !== null || this.#unsent > 0) && event.preventDefault());
  }

  get #withSound() {
    return new FormData(this.#page.form).get("record-sound") === "with";
  }

  get needsPictures() {
    return this.#take !== null && goesOnUnseen();
  }

  toggle() {
    if (this.#take !== null) return this.#take.stop();
    const size = this.#handlers.size();
    if (this.#opening || size === null) return;
    this.#page.limit.textContent = `Up to ${roughly(longest(size, this.#media.max_bytes))} in this resolution.`;
    this.#page.dialog.showModal();
  }

  frame(answer) {
    this.#newest = answer.faces > 0 ? performance.now() : -Infinity;
    this.#take?.frame(answer);
  }

  /** The live picture is over, and with it the recording. */
  finish() {
    this.#take?.stop();
  }

  async #begin() {
    const { output, button, state } = this.#page;
    this.#opening = true;
    let sound = null;
    try {
      sound = this.#withSound ? await openSound() : null;
    } catch (error) {
      return this.#fail("The recording has not begun", error.message);
    } finally {
      this.#opening = false;
    }
    const size = this.#handlers.size();
    if (size === null) return sound?.close();
    this.#handlers.notices.hide(NOTICE);
    const name = extensionless(this.#handlers.faceName(), new Date());
    this.#take = new Take(output, this.#newest, size, sound, this.#media.max_bytes, {
      delay: this.#handlers.delay,
      passed: (seconds) => this.#showClock(seconds),
      ended: (file) => this.#ended(file, name),
    });
    button.setAttribute("aria-pressed", "true");
    button.setAttribute("aria-label", "Stop recording");
    state.hidden = false;
    this.#handlers.say("Recording.");
  }

  #showClock(seconds) {
    const limit = this.#take === null ? "" : ` of ${clock(this.#take.longest)}`;
    this.#page.clock.textContent = `${clock(seconds)}${limit}`;
  }

  #ended(file, name) {
    const { button, state } = this.#page;
    this.#take = null;
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", "Record");
    state.hidden = true;
    this.#handlers.ended();
    this.#handlers.say("Recording stopped.");
    this.#deliver({ blob: file.blob, name: `${name}.${file.extension}` });
  }

  async #deliver(file) {
    this.#unsent += 1;
    this.#tell("Your recording is being sent");
    try {
      const job = await deliver(file.blob, file.name, this.#media.consent.version, (news) => this.#showStep(news));
      this.#show("quiet", "Your recording is ready", "An MP4, marked and signed as AI-made. It stays under Pictures & videos until it expires.", [
        { label: "Download", href: job.result, download: true },
        { label: "Pictures & videos", href: "/files" },
        { label: "Close", run: () => this.#handlers.notices.hide(NOTICE) },
      ]);
      this.#handlers.say("Your recording is ready.");
    } catch (error) {
      this.#keep(file, error.message);
    } finally {
      this.#unsent -= 1;
    }
  }

  #showStep({ step, share, message }) {
    if (step === "sending") this.#tell("Your recording is being sent", `${Math.floor(share * 100)} %`);
    else if (step === "waiting") this.#tell("Your recording waits to be made an MP4", "", message);
    else this.#tell("Your recording is being made an MP4 and signed", `${Math.floor(share * 100)} %`);
  }

  #tell(title, count = "", text = "Keep this page open until it is ready.") {
    this.#handlers.notices.show(NOTICE, { tone: "quiet", title, text, count });
  }

  /** Nothing is lost where the server could not take it. */
  #keep(file, reason) {
    this.#unsent += 1;
    const done = () => {
      this.#unsent -= 1;
      this.#handlers.notices.hide(NOTICE);
    };
    const text = `${reason} It is still here. Saved as it is, it carries the visible mark, but not the signature.`;
    this.#show("error", "Your recording could not be finished", text, [
      {
        label: "Try again",
        run: () => {
          done();
          this.#deliver(file);
        },
      },
      { label: "Save it unsigned", href: URL.createObjectURL(file.blob), download: file.name },
      { label: "Discard it", run: done },
    ]);
    this.#handlers.say(`Your recording could not be finished. ${reason}`);
  }

  #fail(title, text) {
    this.#show("error", title, text, [{ label: "Close", run: () => this.#handlers.notices.hide(NOTICE) }]);
    this.#handlers.say(`${title}. ${text}`);
  }

  /** A card of its own: the one before may have had other things to do. */
  #show(tone, title, text, actions) {
    this.#handlers.notices.hide(NOTICE);
    this.#handlers.notices.show(NOTICE, { tone, title, text, actions });
  }
}
