// What the page says. Each problem: what it is, and what to do about it.
import { PACES } from "./adaptation.js";

const HTTPS_ADVICE =
  "Browsers give a camera only to pages on https:// or on localhost. Open this page at its https:// address, or on the computer that runs it at http://localhost. " +
  "Started with make run HTTPS=1, it offers such an address. A video file works here as it is.";

const PROBLEMS = {
  camera_denied: {
    title: "The camera is blocked for this page",
    text: "Click the camera or lock sign beside the address, allow the camera, then press Start again. If it is still blocked, look in the privacy settings of your system.",
  },
  no_camera: {
    title: "No camera was found",
    text: "Plug one in or turn it on and press Start again, or play a video file in its place.",
    offerFile: true,
  },
  camera_busy: {
    title: "The camera does not give a picture",
    text: "Another program may be using it. Close video calls and other tabs with the camera, then press Start again.",
  },
  camera_gone: {
    title: "The camera was disconnected",
    text: "It was unplugged, or its permission was withdrawn. Connect it again and press Start.",
  },
  insecure_origin: { title: "The camera needs a secure address", text: HTTPS_ADVICE, offerFile: true },
  no_video_file: { title: "Choose a video file first", text: "It is played here in place of a camera.", offerFile: true },
  bad_video_file: {
    title: "This file cannot be played",
    text: "Your browser does not know its format. MP4 and WebM work in every browser.",
    offerFile: true,
  },
  no_face: { title: "Choose a face first", text: "Pick one below, or bring a photo." },
  session_refused: { title: "This face cannot be used" },
  stream_refused: { title: "The stream was refused", text: "A new permission was asked for and refused as well. Load the page again." },
  too_many_streams: {
    title: "You are live elsewhere",
    text: "Too many streams are open from this browser. Stop the one in another tab or window, then press Start again.",
  },
  broken_protocol: {
    title: "The stream ended with an error",
    text: "The page and the server did not understand each other. Load the page again, so that both have the same version.",
  },
};

/** What a server said, as a sentence. */
export function sentence(words) {
  if (!words) return "";
  const begun = words[0].toUpperCase() + words.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** `detail` is what the server said; where it said something, that leads. */
export function problemWords({ code, detail }) {
  const { title, text = "", offerFile = false } = PROBLEMS[code];
  return { title, text: [sentence(detail), text].filter(Boolean).join(" "), offerFile };
}

const NO_FACE_TIP = "No face found. Face the camera, with light from the front.";
const UNTIL_THEN = {
  pass: "Until then your own picture is shown.",
  blur: "Until then your picture is blurred.",
  hold: "Until then your picture is hidden.",
};

export const noFaceTip = (noFace) => [NO_FACE_TIP, UNTIL_THEN[noFace]].filter(Boolean).join(" ");

const NOTES = {
  engine_failed: "The chosen engine gave no picture of a face. The built-in one takes its place, or, for a trained face, your own is shown.",
  harmoniser_failed: "Relighting gave no picture. The face has plain light.",
};

/** What the model does otherwise than asked, each said once. */
export function notesWords(notes) {
  const said = notes.map(({ code, message }) => (Object.hasOwn(NOTES, code) ? NOTES[code] : sentence(message)));
  return { title: "The swap is simpler than you asked for", text: [...new Set(said)].filter(Boolean).join(" ") };
}

export function stateWords({ phase, face, trouble }, hidden = false) {
  if (phase === "live" && trouble) return "Waiting for the model";
  if (phase === "live" && hidden) return "Paused while hidden";
  return {
    idle: "Ready",
    asking: "Waiting for your camera",
    connecting: "Connecting",
    preparing: `Preparing ${face?.name ?? ""}`.trim(),
    live: "Live",
    waiting: "Waiting to reconnect",
  }[phase];
}

/** What is sent less of while the network or the model is slow, given the size of the pictures that come back; empty where nothing is. */
export function paceWords({ quality, scale, rate }, { width, height }) {
  const less = [scale < 1 ? `${width}\u00d7${height}` : "", rate === null ? "" : `${rate} fps`].filter(Boolean).join(", ");
  if (less) return `Reduced to ${less} to keep up`;
  return quality < PACES[0].quality ? "Reduced JPEG quality to keep up" : "";
}

export function spokenWords(status) {
  const { phase, face, problem } = status;
  if (problem) {
    const { title, text } = problemWords(problem);
    return `${title}. ${text}`;
  }
  if (phase === "waiting") return "Waiting to reconnect. The page tries again by itself.";
  if (phase === "live" && status.faceless) return noFaceTip(status.noFace);
  if (phase === "live" && !status.trouble) return `Live as ${face.name}.`;
  return `${stateWords(status)}.`;
}

/** A time to come, in the largest unit that still says something. */
export function timeLeft(milliseconds) {
  const minutes = Math.ceil(milliseconds / 60_000);
  if (minutes >= 90) return `${Math.round(minutes / 60)} h`;
  return minutes > 1 ? `${minutes} min` : "1 min";
}
