// What a job's card says.
import { sentence } from "../words.js";

const HEADS = {
  uploading: "Sending",
  queued: "Waiting to be sent",
  waiting: "Waiting for its turn",
  running: "Working",
  done: "Ready",
  cancelled: "Cancelled",
  failed: "This did not work",
};

/** How far it is and what became of it, in one line. */
export function stateLine(job) {
  const head = HEADS[job.state];
  if (job.state === "uploading") return `${head}: ${Math.floor(job.sent * 100)} %`;
  if (job.state === "running" && job.frames_done > 0) return [`${frames(job)}`, speed(job), timeLeft(job)].filter(Boolean).join(" · ");
  if (job.state === "failed" || job.state === "waiting") return job.message ? sentence(job.message) : `${head}.`;
  if (job.state === "cancelled" && job.result) return `${head}; what was done until then is kept.`;
  return job.state === "done" || job.state === "cancelled" ? `${head}.` : `${head}…`;
}

export function share(job) {
  if (job.state === "uploading") return job.sent;
  if (job.state !== "running") return null;
  return job.frames_total > 0 ? Math.min(1, job.frames_done / job.frames_total) : 0;
}

const count = (number) => number.toLocaleString("en");
const frames = ({ frames_done: done, frames_total: total }) => (total > 0 ? `${count(done)} of ${count(total)} frames` : `${count(done)} frames`);
const speed = ({ fps }) => (fps > 0 ? `${Math.round(fps)} a second` : "");

function timeLeft({ seconds_left: seconds }) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s left`;
  return `${Math.round(seconds / 60)} min left`;
}
