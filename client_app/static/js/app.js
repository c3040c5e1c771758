// The page: ties the gallery, the picture's origin, the live session and the words together.
import { removeSource } from "./api.js";
import { Aside } from "./aside.js";
import { cameraPossible } from "./camera.js";
import { Cast } from "./cast.js";
import { Display } from "./display.js";
import { Gallery } from "./gallery.js";
import { Health, RelayHealth } from "./health.js";
import { InputChoice } from "./input-choice.js";
import { Notices } from "./notices.js";
import { OtherTabs } from "./other-tabs.js";
import { preference, remember } from "./preferences.js";
import { Settings } from "./settings.js";
import { SettingsPanel } from "./settings-panel.js";
import { settingWords } from "./setting-words.js";
import { openAdapting, openMinute, openPeople, openRecorder } from "./stage-parts.js";
import { Shortcuts } from "./shortcuts.js";
import { followStageLink } from "./stage-link.js";
import { Phase, Studio } from "./studio.js";
import { Viewing } from "./viewing.js";
import { View } from "./view.js";
import { paceWords, problemWords, sentence } from "./words.js";

const byId = (id) => document.getElementById(id);
const config = JSON.parse(byId("config").textContent);
const video = byId("camera");
let wasIdle = true;
let dialog = null;

const notices = new Notices(byId("notices"), byId("notice-template"));
const display = new Display(byId("output"), (answer, shape) => {
  view.showShape(shape);
  studio.drawn(answer);
  aside.stand(paceWords(studio.status.pace, shape));
  recorder.frame(answer);
});
const settings = new Settings({
  offered: (offer) => panel.offer(offer),
  changed: () => {
    panel.show();
    studio.applySettings();
  },
  refused: showRefusal,
});
const panel = new SettingsPanel(document, (setting) => settings.value(setting), {
  changed(setting, value) {
    notices.hide("setting");
    settings.change(setting, value);
  },
  resetAsked() {
    notices.hide("setting");
    settings.reset();
    view.say("The settings are back at their defaults.");
  },
});
const cast = new Cast({ changed: () => studio.applyCast(), seen: (faces) => people.show(faces) });
const studio = new Studio(display, settings, cast, () => {
  view.show();
  viewing.follow(view.isFlowing);
  recorder.follow(view.isFlowing, studio.status.phase === Phase.idle);
  followRelay();
  if (studio.status.phase === Phase.idle) aside.stand("");
});
const input = new InputChoice(document, video, () => {
  if (studio.status.phase !== Phase.idle) restart();
});
const view = new View(document, notices, studio, {
  offerFile: () => input.offerFile(),
  retry: () => studio.retryNow(),
});
const gallery = new Gallery(byId("gallery"), byId("face-template"), byId("no-faces"), byId("report-face"), {
  chosen: choose,
  changeAsked: openDialog,
  removeAsked: remove,
  expired,
});
const otherTabs = new OtherTabs({
  added: (face) => gallery.add(face),
  renamed: showName,
  removed: removedElsewhere,
});
const aside = new Aside(byId("aside"));
const people = openPeople(document, { cast, gallery, settings, say: mention });
const recorder = openRecorder(document, config, { studio, notices, say: (words) => view.say(words), ended: followSight });
const health = new RelayHealth(config.relay.health, showHealth);

const viewing = new Viewing(document, display, {
  faceName: () => studio.status.face.name,
  say: mention,
  inSightChanged: followSight,
});
openAdapting(document, studio);
openMinute(document, () => (view.isFlowing ? studio.readout(performance.now()) : null));
const shortcuts = new Shortcuts(document);
shortcuts.add({ key: "s", words: "Start or stop", run: () => byId("toggle").click() });
shortcuts.add({ key: "v", words: "Next view", run: () => viewing.nextView() });
shortcuts.add({ key: "m", words: "Mirror", run: () => byId("mirror").click() });
shortcuts.add({ key: "f", words: "Full screen", run: () => viewing.fillScreen(), button: byId("fullscreen") });
shortcuts.add({ key: "p", words: "Picture in picture", run: () => viewing.float(), button: byId("float") });
shortcuts.add({ key: "c", words: "Save this picture", run: () => byId("snapshot").click(), button: byId("snapshot") });
shortcuts.add({ key: "r", words: "Record, or stop recording", run: () => byId("record").click(), button: byId("record") });
shortcuts.add({ key: "t", words: "Settings", run: () => byId("settings-toggle").click() });

followStageLink(byId("stage-link"), () => ({ face: gallery.chosen, camera: input.cameraName }));
byId("shortcuts").addEventListener("click", () => shortcuts.explain());
byId("toggle").addEventListener("click", () => (studio.status.phase === Phase.idle ? start() : studio.stop()));
byId("bring").addEventListener("click", () => openDialog());
video.addEventListener("resize", () => video.videoWidth && view.showShape({ width: video.videoWidth, height: video.videoHeight }));
document.addEventListener("visibilitychange", followSight);
// A page that is left turns the camera off at once, also when the browser keeps the page for the way back.
window.addEventListener("pagehide", () => studio.stop());

view.showFace(gallery.choose(preference("face")));
if (!cameraPossible()) {
  const { title, text } = problemWords({ code: "insecure_origin" });
  notices.show("insecure", { tone: "error", title, text, actions: [{ label: "Use a video file", run: () => input.offerFile() }] });
}
health.look();

function mention(words) {
  aside.show(words);
  view.say(words);
}

/** Nothing is sent while nobody sees the picture, now or in a recording. */
function followSight() {
  studio.setHidden(document.hidden && !viewing.inSight && !recorder.needsPictures);
  view.show();
  viewing.follow(view.isFlowing);
}

function start() {
  const face = gallery.chosen;
  if (face === null) return studio.stop({ code: "no_face" });
  return studio.start(face, (onended) => input.open(onended));
}

function restart() {
  studio.stop();
  start();
}

function choose(face) {
  remember("face", face.id);
  view.showFace(face);
  studio.changeFace(face);
}

/** The dialog is fetched when it is first asked for. */
async function openDialog(face = null) {
  const { PhotoDialog } = await import("./photo-dialog.js");
  dialog ??= new PhotoDialog(document, config, { added, renamed });
  dialog.open(face);
}

async function added(face, reasons, replaced) {
  gallery.add(face);
  otherTabs.tell("added", face);
  choose(gallery.choose(face.id));
  gallery.focusChosen();
  const advice = reasons.map((reason) => reason.message).join(" ");
  if (advice) notices.show("added", { tone: "wait", title: `${face.name} is ready`, text: advice, actions: [dismissal("added")] });
  view.say(`${face.name} is ready and chosen. ${advice}`);
  if (replaced) await remove(replaced, `${face.name} has its new photos.`);
}

function renamed(face) {
  showName(face);
  otherTabs.tell("renamed", face);
  view.say(`It is called ${face.name} now.`);
}

function showName(face) {
  gallery.rename(face);
  if (gallery.chosen?.id === face.id) view.showFace(gallery.chosen);
}

function expired(face) {
  forget(face, `${face.name} has expired and was deleted.`);
  const text = "What you bring is kept for a limited time. Bring the photo again to go on with it, or choose another face.";
  notices.show("expired", { tone: "wait", title: `${face.name} has expired and was deleted`, text, actions: [dismissal("expired")] });
}

async function remove(face, words = `${face.name} was removed.`) {
  // First, so that the server's closing of its streams is no surprise here.
  stopIfLive(face);
  cast.withdraw(face.id);
  try {
    await removeSource(face.id);
    notices.hide("removal");
    forget(face, words);
    otherTabs.tell("removed", face);
  } catch (error) {
    notices.show("removal", { tone: "error", title: `${face.name} could not be removed`, text: error.message, actions: [dismissal("removal")] });
  }
}

function stopIfLive(face, problem = null) {
  if (studio.status.phase !== Phase.idle && studio.status.face.id === face.id) studio.stop(problem);
}

function removedElsewhere(face) {
  if (!gallery.has(face.id)) return;
  const words = `${face.name} was removed in another tab.`;
  stopIfLive(face, { code: "session_refused", detail: words });
  forget(face, words);
}

function forget(face, words) {
  stopIfLive(face);
  cast.withdraw(face.id);
  const wasChosen = gallery.chosen?.id === face.id;
  gallery.remove(face.id);
  notices.hide("added");
  if (wasChosen) {
    view.showFace(gallery.choose(null));
    gallery.focusChosen();
  }
  view.say(words);
}

function dismissal(name) {
  return { label: "Close", run: () => notices.hide(name) };
}

/** While a stream is being opened or open, it tells best whether the relay is there. */
function followRelay() {
  const idle = studio.status.phase === Phase.idle;
  if (idle === wasIdle) return;
  wasIdle = idle;
  if (idle) return health.look();
  health.rest();
  notices.hide("relay");
  notices.hide("model");
}

function showRefusal(setting, reason) {
  const title = `${settingWords(setting).label} could not be changed`;
  const text = `It is back at what it was. The server said: ${sentence(reason)}`;
  notices.show("setting", { tone: "error", title, text, actions: [dismissal("setting")] });
  view.say(`${title}. ${text}`);
}

function showHealth(state, parameters) {
  if (state === Health.well) settings.learn(parameters);
  if (state !== Health.noRelay) notices.hide("relay");
  if (state !== Health.noModel) notices.hide("model");
  const lookNow = { label: "Look now", run: () => health.look() };
  if (state === Health.noModel) {
    const text = "The server is there, but not the model that changes faces. This page keeps looking; you can choose a face meanwhile.";
    notices.show("model", { tone: "wait", title: "The face model is not answering", text, actions: [lookNow] });
  } else if (state === Health.noRelay) {
    const address = new URL(config.relay.health);
    const secure = address.protocol === "https:";
    const certificate =
      " If its certificate is one of your own making, open its address once, accept the certificate there, and come back.";
    notices.show("relay", {
      tone: "wait",
      title: "The swap server is not answering",
      text: `This page looked for it at ${address.host} and keeps looking. You can choose a face meanwhile.${secure ? certificate : ""}`,
      actions: [lookNow, ...(secure ? [{ label: "Open its address", href: address.href }] : [])],
    });
  }
}
