// What the card of the stage says until the first picture is seen. Afterwards it says nothing: it may be on the air.
import { problemWords, sentence, stateWords } from "../words.js";

export const MAY_START = {
  title: "The camera is not allowed yet",
  text: "Press the button, then allow the camera when your browser asks.",
};

const OBS_DENIES = {
  title: "OBS does not let this page use the camera",
  text: "Start OBS with --enable-media-stream --use-fake-ui-for-media-stream, and close what else uses the camera.",
};

/** `asked` is what the address says. */
export function stageWords(status, asked, inObs) {
  const { phase, problem, trouble, reason } = status;
  if (problem?.code === "camera_denied" && inObs) return OBS_DENIES;
  if (problem?.code === "asked_camera") {
    return { title: `There is no camera called “${asked.camera}”`, text: "The address of this page asks for it. It is looked for again and again." };
  }
  if (problem?.code === "session_refused") {
    const text = `${sentence(problem.detail)} A face that was brought can be used only in the browser that brought it, until it expires.`;
    return { title: "This face cannot be used", text };
  }
  if (problem) return problemWords(problem);
  if (phase === "live") return { title: "Waiting for a face", text: sentence(trouble?.detail) || "Your picture appears as soon as your face has been changed." };
  return { title: `${stateWords(status)}…`, text: sentence(reason) };
}

export function refusalWords(setting, reason) {
  return { title: `The server does not take the setting “${setting}”`, text: `${sentence(reason)} Nothing is shown, because a bare face might be.` };
}

export function unknownFaceWords(face) {
  const text = "The address of this page asks for it. Use the name of a built-in face, or choose one on the page in this browser.";
  return { title: face ? `There is no face called “${face}” here` : "There are no faces here", text };
}
