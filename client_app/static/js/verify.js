// The page that says what a file says about itself: sends the file, shows the answer.
import { call } from "./api.js";

const byId = (id) => document.getElementById(id);
const drop = byId("drop");
const input = byId("file");
const busy = byId("busy");
const finding = byId("finding");

const TONES = { made_here: "good", made_here_changed: "error", does_not_fit: "error", tag_only: "wait", unreadable: "wait" };
const ACTIONS = { "c2pa.created": "made", "c2pa.opened": "opened", "c2pa.edited": "edited", "c2pa.converted": "converted", "c2pa.placed": "put together" };

/** What this server's operator can do something about. */
const REPORTED = new Set(["made_here", "made_here_changed", "tag_only"]);

/** Of the file looked at last; an earlier one's answer is not shown. */
let looking = new AbortController();

input.addEventListener("change", lookAtChosen);
for (const type of ["dragenter", "dragover"]) {
  document.addEventListener(type, (event) => {
    event.preventDefault();
    drop.toggleAttribute("data-over", true);
  });
}
for (const type of ["dragleave", "drop"]) document.addEventListener(type, () => drop.toggleAttribute("data-over", false));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  look(event.dataTransfer.files[0]);
});

function lookAtChosen() {
  look(input.files[0]);
  input.value = "";
}

async function look(file) {
  if (file === undefined) return;
  looking.abort();
  looking = new AbortController();
  const { signal } = looking;
  finding.hidden = true;
  busy.textContent = `Looking at ${file.name} …`;
  const answer = await answerFor(file, signal);
  if (signal.aborted) return;
  busy.textContent = "";
  show(file, answer);
}

async function answerFor(file, signal) {
  if (file.size > Number(input.dataset.limit)) return refusal(`It is larger than what can be looked at here. ${byId("kinds").textContent}`);
  try {
    return await call("/api/verify", { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file, signal });
  } catch (error) {
    return refusal(error.message);
  }
}

const refusal = (meaning) => ({ state: "refused", headline: "This file was not looked at", meaning, limits: "", credentials: null, source_types: [] });

function show(file, { state, headline, meaning, limits, credentials, source_types: types }) {
  const write = (selector, text) => (finding.querySelector(selector).textContent = text);
  finding.dataset.state = state;
  finding.dataset.tone = state === "refused" ? "error" : (TONES[state] ?? "plain");
  write(".finding-file", file.name);
  write("h2", headline);
  write(".finding-meaning", meaning);
  write(".finding-limits", limits);
  finding.querySelector(".finding-facts").replaceChildren(...facts(credentials, types).flatMap(fact));
  const report = finding.querySelector(".finding-report");
  report.hidden = !REPORTED.has(state);
  report.search = new URLSearchParams({ where: whichFile(file, headline, credentials) });
  finding.hidden = false;
  finding.focus({ preventScroll: true });
  finding.scrollIntoView({ block: "nearest" });
}

/** For the operator, who does not get the file. */
function whichFile(file, headline, credentials) {
  const when = credentials?.actions.find((action) => action.when)?.when;
  return [`The file ${file.name.slice(0, 200)}`, headline, when && `made ${when}`].filter(Boolean).join("; ");
}

/** Pairs of what and words; what is not said is left out. */
function facts(credentials, types) {
  const said = [["Says it is", types.map(({ words }) => words).join("; ")]];
  if (credentials !== null) {
    said.push(
      ["Signed by", `${credentials.signer}${credentials.trusted ? " (this server)" : ""}`],
      ["Signed on", credentials.signed_at && `${date(credentials.signed_at)}, by a time-stamp authority's clock`],
      ["Made with", credentials.software],
      ["Called", credentials.title],
      ...credentials.actions.map((action) => ["What was done", step(action)]),
    );
  }
  return said.filter(([, words]) => words);
}

function step({ name, when, software, description }) {
  const done = ACTIONS[name] ?? name;
  return [`${done}${when ? `, ${date(when)} by the maker's clock` : ""}${software ? `, with ${software}` : ""}`, description].filter(Boolean).join(". ");
}

function date(text) {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : time.toLocaleString(undefined, { dateStyle: "long", timeStyle: "short" });
}

function fact([what, words]) {
  const term = document.createElement("dt");
  const value = document.createElement("dd");
  term.textContent = what;
  value.textContent = words;
  return [term, value];
}

// One may have been chosen while the page was still loading.
lookAtChosen();
