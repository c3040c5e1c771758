// What becomes of a recording: sent to the server, made an MP4 and signed there. The file stays here until it is.
import { bring, showJob, startJob } from "../media-api.js";

const ASK_EVERY_MS = 1000;

/**
 * Resolves with the finished job. `ontold({step, share, message})` is told of each step: "sending", "waiting" and "making".
 * Rejects with an error whose message is for the visitor.
 */
export async function deliver(file, name, consent, ontold) {
  ontold({ step: "sending", share: 0 });
  const upload = await bring(file, name, consent, (share) => ontold({ step: "sending", share }), new AbortController().signal);
  let job = await startJob({ upload, kind: "recording" });
  while (job.state === "waiting" || job.state === "running") {
    ontold(job.state === "waiting" ? { step: "waiting", message: job.message } : { step: "making", share: share(job) });
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    job = await patiently(() => showJob(job.id));
  }
  if (job.state !== "done" || !job.result) throw new Error(job.message || "The server could not make an MP4 of it.");
  return job;
}

const share = ({ frames_done: done, frames_total: total }) => (total > 0 ? Math.min(1, done / total) : 0);

/** The job goes on while the server cannot be asked. */
async function patiently(ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!error.passing) throw error;
      await new Promise((resolve) => setTimeout(resolve, 3 * ASK_EVERY_MS));
    }
  }
}
