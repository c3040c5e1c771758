// Puts the state of the studio on the page.
import { preference, remember } from "./preferences.js";
import { Phase } from "./studio.js";
import { noFaceTip, notesWords, problemWords, sentence, spokenWords, stateWords } from "./words.js";

const READOUT_EVERY_MS = 500;
const NOTES_STAY_MS = 5000;

export class View {
  #page;
  #notices;
  #studio;
  #actions;
  #spoken = "";
  #problem = null;
  #notedAt = 0;

  /** `actions`: `offerFile()` and `retry()`. */
  constructor(page, notices, studio, actions) {
    const byId = (id) => page.getElementById(id);
    this.#page = {
      stage: byId("stage"), panes: byId("panes"), toggle: byId("toggle"), words: byId("state-words"), veil: byId("veil"),
      readout: byId("readout"), fps: byId("fps"), delay: byId("delay"), announcer: byId("announcer"), output: byId("output"),
      portrait: byId("portrait"), portraitText: byId("portrait-text"), swapName: byId("swap-name"), mirror: byId("mirror"),
      tip: byId("tip"), views: [...page.querySelectorAll("input[name=view]")],
    };
    this.#notices = notices;
    this.#studio = studio;
    this.#actions = actions;
    this.#followViewing();
    setInterval(() => this.#tick(), READOUT_EVERY_MS);
  }

  /** Whether swapped pictures come, or are about to. */
  get isFlowing() {
    const { phase, trouble } = this.#studio.status;
    return phase === Phase.live && !trouble;
  }

  show() {
    const { status } = this.#studio;
    const { stage, toggle, words, readout, veil } = this.#page;
    const idle = status.phase === Phase.idle;
    const flowing = this.isFlowing;
    stage.dataset.phase = status.phase;
    stage.toggleAttribute("data-flowing", flowing);
    toggle.textContent = idle ? "Start" : "Stop";
    words.textContent = stateWords(status, document.hidden);
    readout.hidden = !flowing;
    veil.hidden = idle || flowing;
    veil.textContent = veil.hidden ? "" : `${stateWords(status)}…`;
    this.#page.tip.hidden = !(flowing && status.faceless);
    this.#page.tip.textContent = noFaceTip(status.noFace);
    this.#showProblem(status.problem);
    this.#showWaiting(status);
    this.#showTrouble(status);
    this.#showNotes(status);
    this.#speak(spokenWords(status));
  }

  showFace(face) {
    const { portrait, portraitText, swapName, output } = this.#page;
    portrait.hidden = !face?.image;
    if (face?.image && portrait.src !== face.image) portrait.src = face.image;
    swapName.textContent = face?.name ?? "No face chosen";
    portraitText.textContent = wordsOf(face);
    output.setAttribute("aria-label", face === null ? "The swapped picture" : `You as ${face.name}`);
  }

  showShape({ width, height }) {
    this.#page.panes.style.setProperty("--shape", String(width / height));
  }

  /** Words for those who listen; the same words twice are said once. */
  say(words) {
    this.#page.announcer.textContent = words;
  }

  #speak(words) {
    if (words === this.#spoken) return;
    const isFirst = this.#spoken === "";
    this.#spoken = words;
    if (words !== "Ready.") this.say(words);
    else if (!isFirst) this.say("Stopped.");
  }

  #showProblem(problem) {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#notices.hide("problem");
    if (problem === null) return;
    const { title, text, offerFile } = problemWords(problem);
    const actions = offerFile ? [{ label: "Use a video file", run: this.#actions.offerFile }] : [];
    this.#notices.show("problem", { tone: "error", title, text, actions });
  }

  #showWaiting({ phase, retryAt, reason }) {
    if (phase !== Phase.waiting) return this.#notices.hide("waiting");
    const seconds = Math.max(1, Math.ceil((retryAt - performance.now()) / 1000));
    this.#notices.show("waiting", {
      tone: "wait",
      title: reason ? "The swap cannot run just now" : "The connection was lost",
      text: `${sentence(reason)} Your camera stays on and the picture comes back by itself.`.trim(),
      count: `Trying again in ${seconds} s`,
      actions: [{ label: "Try now", run: this.#actions.retry }],
    });
  }

  #showTrouble({ trouble }) {
    if (trouble === null) return this.#notices.hide("trouble");
    this.#notices.show("trouble", {
      tone: "wait",
      title: "No swapped picture is coming",
      text: sentence(trouble.detail),
    });
  }

  /** It stays for a moment after the last of them, so that what comes and goes does not flicker. */
  #showNotes({ phase, notes }) {
    const now = performance.now();
    if (notes.length > 0) {
      this.#notedAt = now;
      this.#notices.show("notes", { tone: "quiet", ...notesWords(notes) });
    } else if (phase !== Phase.live || now - this.#notedAt > NOTES_STAY_MS) {
      this.#notices.hide("notes");
    }
  }

  #tick() {
    const { status } = this.#studio;
    this.#showNotes(status);
    if (status.phase === Phase.waiting) this.#showWaiting(status);
    if (status.phase !== Phase.live) return;
    const { fps, delay } = this.#studio.readout(performance.now());
    this.#page.fps.textContent = String(Math.round(fps));
    this.#page.delay.textContent = delay === null ? "–" : String(Math.round(delay));
  }

  #followViewing() {
    const { views, mirror, panes } = this.#page;
    const remembered = views.find((radio) => radio.value === preference("view")) ?? views[0];
    remembered.checked = true;
    for (const radio of views) {
      radio.addEventListener("change", () => {
        remember("view", radio.value);
        panes.dataset.view = radio.value;
      });
    }
    mirror.checked = preference("mirror") ?? true;
    mirror.addEventListener("change", () => {
      remember("mirror", mirror.checked);
      panes.dataset.mirror = mirror.checked ? "on" : "off";
    });
    panes.dataset.view = remembered.value;
    panes.dataset.mirror = mirror.checked ? "on" : "off";
  }
}

function wordsOf(face) {
  if (face === null) return "Choose a face below to see it here.";
  return face.kind === "trained" ? `The model was trained on ${face.name}, and has no photo to show.` : face.credit;
}
