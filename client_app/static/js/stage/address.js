// What the address of the stage asks for; stage-link.js makes such an address.

import { HELD_MS } from "./hold-back.js";

const OWN = ["face", "camera", "resolution", "background", "mirror", "delay"];
const LONGEST_DELAY_MS = 5000;

/** `settings` holds every other word of the address as what it reads like: a number, true or false, else text. */
export function readAddress(search) {
  const words = new URLSearchParams(search);
  const settings = [...words].filter(([name]) => !OWN.includes(name)).map(([name, text]) => [name, valueOf(text)]);
  return {
    face: words.get("face"),
    camera: words.get("camera"),
    resolution: words.get("resolution"),
    transparent: words.get("background") === "transparent",
    mirror: ["1", "on", "true", "yes"].includes(words.get("mirror")),
    delay: delayOf(words.get("delay")),
    settings: Object.fromEntries(settings),
  };
}

function delayOf(text) {
  const delay = text === null || text.trim() === "" ? NaN : Number(text);
  return delay >= 0 && delay <= LONGEST_DELAY_MS ? delay : HELD_MS;
}

function valueOf(text) {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
