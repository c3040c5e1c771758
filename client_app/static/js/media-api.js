// Files brought to the server, and the jobs that are made of them.
import { ApiError, call } from "./api.js";

const jobPath = (id, rest = "") => `/api/jobs/${encodeURIComponent(id)}${rest}`;
const send = (method, path, body) => call(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const showJob = (id) => call(jobPath(id));

export const listJobs = async () => (await call("/api/jobs")).jobs;

/** `order`: `upload`, `kind`, and where there is something to swap `source`, `assign` and `options`. Of a picture's upload it is made anew. */
export const startJob = (order) => send("POST", "/api/jobs", order);

export const cancelJob = (id) => call(jobPath(id, "/cancel"), { method: "POST" });

export const removeJob = (id) => call(jobPath(id), { method: "DELETE" });

/** Sends the bytes of a File or Blob; resolves with the upload's id. `onprogress(share)` is told how much of it is there. */
export async function bring(file, name, consent, onprogress, signal) {
  const { id, url, method } = await send("POST", "/api/uploads", { name, bytes: file.size, consent });
  await transfer(file, url, method, onprogress, signal);
  return id;
}

/** By XMLHttpRequest, since fetch does not tell how much has been sent. */
function transfer(file, url, method, onprogress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const offline = () => reject(new ApiError("offline", "The connection was lost while the file was being sent. Try again.", 0));
    request.open(method, url);
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => onprogress(total > 0 ? loaded / total : 0));
    request.addEventListener("load", () => (request.status < 300 ? resolve() : reject(refusal(request))));
    request.addEventListener("error", offline);
    request.addEventListener("abort", () => reject(new ApiError("cancelled", "Cancelled.", 0)));
    signal.addEventListener("abort", () => request.abort());
    if (signal.aborted) reject(new ApiError("cancelled", "Cancelled.", 0));
    else request.send(file);
  });
}

function refusal({ response, status }) {
  const { code = "server", message = "The server could not take the file. Try again in a moment." } = response?.error ?? {};
  return new ApiError(code, message, status);
}
