// The parts of the stage that are fetched when they are first needed.
import { History } from "./history.js";
import { preference, remember } from "./preferences.js";

/** The people in the picture, each with a face of their own where the visitor gives one. `say(words)` tells the visitor. */
export function openPeople(page, { cast, gallery, settings, say }) {
  let people = null;

  function given(person, source, label) {
    if (!cast.give(person.id, source)) return say("So many faces at once are not possible. Give someone here a face that is in use.");
    const faces = settings.offered("faces");
    const wasOne = source !== undefined && faces?.choices?.includes("all") && settings.value(faces) !== "all";
    if (wasOne) settings.change(faces, "all");
    const everyone = wasOne ? " All faces are changed now." : "";
    say(`Person ${person.number}: ${label}.${everyone}`);
  }

  return {
    async show(faces) {
      if (people === null && faces.length === 0) return;
      people ??= import("./people.js").then(
        ({ People }) =>
          new People(page.getElementById("output"), page.getElementById("panes"), {
            faces: () => gallery.faces,
            partOf: (id) => cast.partOf(id),
            given,
          }),
      );
      (await people).show(cast.faces);
    },
  };
}

/** Recording. It lasts as long as the live picture at most. `ended()` is called when one is over. */
export function openRecorder(page, config, { studio, notices, say, ended }) {
  const [button, output] = [page.getElementById("record"), page.getElementById("output")];
  const canRecord = "MediaRecorder" in globalThis && "captureStream" in HTMLCanvasElement.prototype;
  let recorder = null;
  let loading = null;
  let isFlowing = false;
  // A recording that runs can be stopped also while no pictures come.
  const enable = () => (button.disabled = !isFlowing && button.getAttribute("aria-pressed") !== "true");

  button.hidden = !canRecord;
  button.addEventListener("click", async () => {
    loading ??= import("./recording/recorder.js").then(({ Recorder }) => new Recorder(page, media, handlers));
    recorder = await loading;
    recorder.toggle();
  });

  const media = { max_bytes: config.max_media_bytes, consent: config.media_consent };
  const handlers = {
    size() {
      if (!isFlowing) return null;
      const even = (side) => 2 * Math.round(side / studio.status.pace.scale / 2);
      return { width: even(output.width), height: even(output.height) };
    },
    delay: () => studio.readout(performance.now()).delay,
    faceName: () => studio.status.face.name,
    ended() {
      enable();
      ended();
    },
    notices,
    say,
  };

  return {
    /** Whether a recording runs that wants its pictures also while the page is hidden. */
    get needsPictures() {
      return recorder?.needsPictures ?? false;
    },
    frame: (answer) => recorder?.frame(answer),
    follow(flowing, over) {
      isFlowing = flowing;
      enable();
      if (over) recorder?.finish();
    },
  };
}

const SECOND_MS = 1000;

/** The graphs of the last minute. `readout()` is the studio's, or null while there is no picture. */
export function openMinute(page, readout) {
  const [details, graphs] = [page.getElementById("minute"), page.getElementById("minute-graphs")];
  const history = new History();
  let minute = null;

  async function show() {
    minute ??= import("./minute.js").then(({ Minute }) => new Minute(graphs));
    (await minute).show(history.samples, performance.now());
  }

  details.addEventListener("toggle", () => details.open && show());
  setInterval(() => {
    history.record(performance.now(), readout());
    // Who has it open keeps it, be it empty.
    details.hidden = history.isEmpty && !details.open;
    if (details.open && !page.hidden) show();
  }, SECOND_MS);
}

/** The switch for sending less while the network or the model is slow. */
export function openAdapting(page, studio) {
  const toggle = page.getElementById("adapt");
  const apply = () => (studio.adapting = toggle.checked);
  toggle.checked = preference("adapt") !== false;
  toggle.addEventListener("change", () => {
    remember("adapt", toggle.checked);
    apply();
  });
  apply();
}
