// The page of pictures and videos: ties the faces, the form and the jobs together.
import { removeSource } from "../api.js";
import { Gallery } from "../gallery.js";
import { Health, RelayHealth } from "../health.js";
import { cancelJob, removeJob, startJob } from "../media-api.js";
import { Notices } from "../notices.js";
import { OtherTabs } from "../other-tabs.js";
import { preference, remember } from "../preferences.js";
import { SettingsPanel } from "../settings-panel.js";
import { Settings } from "../settings.js";
import { Jobs } from "./jobs.js";
import { stateLine } from "./job-words.js";
import { Order } from "./order.js";

const byId = (id) => document.getElementById(id);
const config = JSON.parse(byId("config").textContent);
const notices = new Notices(byId("notices"), byId("notice-template"));
const settings = new Settings({ offered: (offer) => panel.offer(offer), changed: () => panel.show(), refused: () => {} });
const panel = new SettingsPanel(document, (setting) => settings.value(setting), {
  changed: (setting, value) => settings.change(setting, value),
  resetAsked: () => settings.reset(),
});
const gallery = new Gallery(byId("gallery"), byId("face-template"), byId("no-faces"), byId("report-face"), {
  chosen: (face) => remember("face", face.id),
  changeAsked: openDialog,
  removeAsked: removeFace,
  expired: (face) => forgetFace(face, `${face.name} has expired and was deleted.`),
});
const otherTabs = new OtherTabs({
  added: (face) => gallery.add(face),
  renamed: (face) => gallery.rename(face),
  removed: (face) => gallery.has(face.id) && forgetFace(face, `${face.name} was removed in another tab.`),
});
let dialog = null;
const jobs = new Jobs(document, {
  cancel: (job) => tell(cancelJob(job.id)),
  remove: (job) => (job.id ? tell(removeJob(job.id)) : job.cancel()),
  again,
  faces: () => gallery.faces,
  given: assign,
  changed: (job) => say(`${job.name}: ${stateLine(job)}`),
});
new Order(document, config, {
  what: orderFor,
  sending: (entry) => jobs.sending(entry),
  gone: (entry) => jobs.gone(entry),
  started: (job) => {
    say(`${job.name}: ${stateLine(job)}`);
    jobs.look();
  },
  refused: complain,
});
const health = new RelayHealth(config.relay.health, showHealth);

gallery.choose(preference("face"));
byId("bring").addEventListener("click", () => openDialog());
jobs.look();
health.look();

/** The dialog is fetched when it is first asked for. */
async function openDialog(face = null) {
  const { PhotoDialog } = await import("../photo-dialog.js");
  dialog ??= new PhotoDialog(document, config, { added: addFace, renamed: renameFace });
  dialog.open(face);
}

/** A picture has everyone's face changed unless told otherwise; a video goes by the setting. */
function orderFor(kind) {
  const face = gallery.chosen;
  if (face === null) return null;
  const options = settings.optionsFor(face);
  return { source: face.id, assign: {}, options: kind === "picture" ? { ...options, faces: "all" } : options };
}

function assign(job, person, source) {
  const { [person]: _, ...others } = job.assign;
  return tell(startJob({ ...orderOf(job), assign: source === undefined ? others : { ...others, [person]: source } }));
}

async function again(job) {
  const started = await tell(startJob(orderOf(job)));
  if (started) await tell(removeJob(job.id));
}

const orderOf = ({ upload, kind, source, assign, options }) => ({ upload, kind, source, assign, options });

/** What the call answers; undefined, and a notice, where it was refused. */
async function tell(calling) {
  try {
    const answer = await calling;
    notices.hide("refused");
    await jobs.look();
    return answer ?? null;
  } catch (error) {
    complain("This did not work", error.message);
    return undefined;
  }
}

function complain(title, text) {
  notices.show("refused", { tone: "error", title, text, actions: [{ label: "Close", run: () => notices.hide("refused") }] });
  say(`${title}. ${text}`);
}

function say(words) {
  byId("announcer").textContent = words;
}

async function addFace(face, reasons, replaced) {
  gallery.add(face);
  otherTabs.tell("added", face);
  remember("face", gallery.choose(face.id).id);
  gallery.focusChosen();
  say(`${face.name} is ready and chosen. ${reasons.map((reason) => reason.message).join(" ")}`);
  if (replaced) await removeFace(replaced);
}

function renameFace(face) {
  gallery.rename(face);
  otherTabs.tell("renamed", face);
  say(`It is called ${face.name} now.`);
}

async function removeFace(face) {
  const done = await tell(removeSource(face.id));
  if (done === undefined) return;
  forgetFace(face, `${face.name} was removed.`);
  otherTabs.tell("removed", face);
}

function forgetFace(face, words) {
  const wasChosen = gallery.chosen?.id === face.id;
  gallery.remove(face.id);
  if (wasChosen) gallery.choose(null);
  say(words);
}

function showHealth(state, parameters) {
  if (state === Health.well) {
    settings.learn(parameters);
    return notices.hide("relay");
  }
  notices.show("relay", {
    tone: "wait",
    title: state === Health.noModel ? "The face model is not answering" : "The swap server is not answering",
    text: "Files can be sent meanwhile; they are changed as soon as it is back.",
    actions: [{ label: "Look now", run: () => health.look() }],
  });
}
