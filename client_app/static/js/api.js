// The application server's JSON API.

/** `code` names the case; `message` is for the visitor. `code` is "offline" where no answer came. */
export class ApiError extends Error {
  constructor(code, message, status) {
    super(message);
    this.code = code;
    this.status = status;
  }

  /** Whether trying again later may help without the visitor doing anything. */
  get passing() {
    return this.code === "offline" || this.status >= 500 || this.status === 429;
  }
}

/** The JSON that the server answers, null where it answers nothing; throws an ApiError. */
export async function call(path, init = {}) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...init });
  } catch {
    throw new ApiError("offline", "The server cannot be reached. Check your connection, then try again.", 0);
  }
  if (response.status === 204) return null;
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  const { code = "server", message = "The server could not do this just now. Try again in a moment." } = body?.error ?? {};
  throw new ApiError(code, message, response.status);
}

export const addPhotos = (form) => call("/api/sources", { method: "POST", body: form });

/** How the server would crop the photo, and whether it will do; it keeps nothing. */
export function checkPhoto(file) {
  const form = new FormData();
  form.append("photo", file);
  return call("/api/photos/check", { method: "POST", body: form });
}

export const renameSource = (id, name) =>
  call(`/api/sources/${encodeURIComponent(id)}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name }),
  });

export const removeSource = (id) => call(`/api/sources/${encodeURIComponent(id)}`, { method: "DELETE" });

/** The first of the sources is the one that everyone in the picture wears. */
export const openSession = (sources) =>
  call("/api/sessions", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ sources }),
  });
