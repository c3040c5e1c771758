// The link to the stage. Its address says all of it, because the browser in OBS remembers nothing of this one.
import { preference } from "./preferences.js";

/** Of these an address decides what bare face may be seen, so that they are left to the stage. */
const LEFT_TO_THE_STAGE = ["no_face", "faces", "opacity"];

/** `wishes()` gives `{face, camera}`, either of which may be null. */
export function followStageLink(link, wishes) {
  const base = link.href;
  const update = () => {
    const { face, camera } = wishes();
    const chosen = preference("settings") ?? {};
    const settings = Object.fromEntries(Object.entries(chosen).filter(([name, value]) => !LEFT_TO_THE_STAGE.includes(name) || value === "blur"));
    link.href = stageAddress(base, { face: face && (face.kind === "upload" ? face.id : face.name), camera, resolution: preference("resolution"), settings });
  };
  for (const event of ["pointerenter", "pointerdown", "focus"]) link.addEventListener(event, update);
}

/** An address that asks for all of it, for a browser that remembers nothing of this one. What is null or empty is left out. */
export function stageAddress(base, { settings = {}, ...wishes }) {
  const address = new URL(base);
  for (const [name, value] of Object.entries({ ...wishes, ...settings })) {
    if (value !== null && value !== undefined && value !== "") address.searchParams.set(name, String(value));
  }
  return address.href;
}
