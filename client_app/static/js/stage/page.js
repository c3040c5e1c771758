// The stage: only the swapped picture, for a window that others see. It starts by itself, comes back by itself, and shows a card rather than a bare face.
import { cameraPossible } from "../camera.js";
import { Cast } from "../cast.js";
import { Display } from "../display.js";
import { Backoff } from "../pacing.js";
import { preference } from "../preferences.js";
import { Phase, Studio } from "../studio.js";
import { problemWords } from "../words.js";
import { readAddress } from "./address.js";
import { openStageCamera } from "./camera.js";
import { Cover } from "./cover.js";
import { chosenFace } from "./faces.js";
import { Guard } from "./guard.js";
import { HoldBack } from "./hold-back.js";
import { StageSettings } from "./settings.js";
import { MAY_START, refusalWords, stageWords, unknownFaceWords } from "./words.js";

const byId = (id) => document.getElementById(id);
const asked = readAddress(location.search);
const faces = JSON.parse(byId("faces").textContent);
const face = chosenFace(faces, asked.face, preference("face"));
/** Never part of the page: nobody sees the camera's own picture. */
const camera = Object.assign(document.createElement("video"), { muted: true, playsInline: true });
const inObs = "obsstudio" in globalThis;
const output = byId("output");
const allow = byId("allow");
const guard = new Guard(asked.settings.no_face === "pass");
const cover = new Cover(output, byId("card"));
const backoff = new Backoff();
let again = null;
let wasShown = false;
let refusal = null;

document.documentElement.toggleAttribute("data-transparent", asked.transparent);
output.toggleAttribute("data-mirrored", asked.mirror);

const display = new Display(output, () => {
  cover.lift();
  wasShown = true;
  backoff.reset();
  say(null);
});
const held = new HoldBack((answer) => display.show(answer), asked.delay);
const guarded = {
  show(answer) {
    // What is kept back is not late: the stream is judged by what arrives.
    studio.drawn(answer);
    held.take(answer, guard.admits(answer));
  },
  clear() {
    cover.put();
    held.clear();
    display.clear();
  },
};
const settings = new StageSettings(asked.settings, preference("settings") ?? {}, refused);
const told = {
  learn: (schemas) => settings.learn(schemas),
  refuse: (name, reason) => settings.refuse(name, reason),
  optionsFor(chosen) {
    const options = settings.optionsFor(chosen);
    if (!settings.unsafe) guard.told(options);
    return options;
  },
};
const studio = new Studio(guarded, told, new Cast({ changed: () => {}, seen: () => {} }), follow);
studio.adapting = preference("adapt") !== false;

allow.addEventListener("click", start);
document.addEventListener("visibilitychange", () => studio.setHidden(document.hidden));
window.addEventListener("pagehide", () => {
  clearTimeout(again);
  studio.stop();
});
window.addEventListener("pageshow", ({ persisted }) => persisted && begin());
begin();

async function begin() {
  if (face === null) return say(unknownFaceWords(asked.face));
  if (!cameraPossible()) return say(problemWords({ code: "insecure_origin" }));
  if (await mayStart()) return start();
  say(MAY_START);
  allow.hidden = false;
  allow.focus();
}

/** In OBS nobody is there to press a button, and whether it will ask cannot be known. */
async function mayStart() {
  if (inObs) return true;
  const permission = await navigator.permissions?.query({ name: "camera" }).catch(() => null);
  permission?.addEventListener("change", () => permission.state === "granted" && start());
  return permission?.state === "granted";
}

function start() {
  clearTimeout(again);
  allow.hidden = true;
  studio.start(face, (onended) => openStageCamera(camera, asked, onended));
}

function follow() {
  const { status } = studio;
  if (status.phase !== Phase.live) guard.begin();
  guard.noted(status.notes);
  if (status.phase !== Phase.live || status.trouble !== null) {
    cover.put();
    held.clear();
  }
  say(refusal ?? stageWords(status, asked, inObs));
  if (status.phase === Phase.idle && status.problem !== null) tryAgain(status.problem);
}

/** For ever: the stage has no one to press Start. Only a browser that would ask for the camera each time waits to be told. */
function tryAgain(problem) {
  clearTimeout(again);
  allow.hidden = problem.code !== "camera_denied" || inObs;
  if (allow.hidden) again = setTimeout(start, backoff.next());
}

/** The stream begins anew without that setting; until then its pictures may be other than was asked for. */
function refused(name, reason, isNew) {
  guard.doubt();
  guarded.clear();
  if (settings.unsafe) refusal = refusalWords(name, reason);
  if (isNew) studio.changeFace(face);
}

/** To be read on the card until a picture has been seen; later only in the title and by those who listen: others may be watching. */
function say(words) {
  const { title, text } = words ?? { title: `Live as ${face.name}`, text: "" };
  byId("words").classList.toggle("visually-hidden", wasShown);
  if (byId("title").textContent === title && byId("text").textContent === text) return;
  document.title = `${title} · Stage`;
  byId("title").textContent = title;
  byId("text").textContent = text;
}
