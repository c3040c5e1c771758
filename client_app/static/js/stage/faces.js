// Which face the stage has.

/** Before the name of somebody whom the model was trained on; whether there is one, the server knows. */
const TRAINED = "model:";

/** By id or name where one is `asked` for, and then no other; else the `remembered` one, else the first; null where there is none. */
export function chosenFace(faces, asked, remembered) {
  if (asked?.startsWith(TRAINED)) return { id: asked, name: asked.slice(TRAINED.length), kind: "trained" };
  if (asked) {
    const wanted = asked.toLowerCase();
    return faces.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted) ?? null;
  }
  return faces.find(({ id }) => id === remembered) ?? faces[0] ?? null;
}
