// Which files can be changed, and how.

const KIND_OF_ENDING = {
  jpg: "picture", jpeg: "picture", png: "picture", webp: "picture",
  mp4: "video", m4v: "video", mov: "video", webm: "video", mkv: "video",
};

/** "picture", "video", or null for a file that is neither. Browsers do not know the type of every video, so that names decide. */
export function kindOf({ name }) {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return KIND_OF_ENDING[ending] ?? null;
}

export function readableSize(bytes) {
  if (bytes >= 1e6) return `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: bytes >= 1e7 ? 0 : 1 })} MB`;
  return `${Math.max(1, Math.round(bytes / 1000))} KB`;
}
