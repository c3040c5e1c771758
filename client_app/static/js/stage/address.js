// What the address of the stage asks for, and how such an address is made.

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

/** An address that asks for all of it, for a browser that remembers nothing of this one. What is null or empty is left out. */
export function stageAddress(base, { settings = {}, ...wishes }) {
  const address = new URL(base);
  for (const [name, value] of Object.entries({ ...wishes, ...settings })) {
    if (value !== null && value !== undefined && value !== "") address.searchParams.set(name, String(value));
  }
  return address.href;
}

function delayOf(text) {
  const delay = text === null || text.trim() === "" ? NaN : Number(text);
  return delay >= 0 && delay <= LONGEST_DELAY_MS ? delay : HELD_MS;
}

function valueOf(text) {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
