// Who in the picture wears which face, where that is another than the chosen one: by the ids that the model gives to people.

/** With the chosen face these are as many as one session may have. */
export const MOST_SOURCES = 7;
const MOST_REMEMBERED = 32;
/** Two boxes are of one person when their middles are closer than this share of the larger one's side. */
const SAME_PERSON = 0.6;

export class Cast {
  #handlers;
  #faces = [];
  #parts = new Map();
  #lost = [];

  /** `handlers`: `changed()` when the stream is to be told, and `seen(faces)` when other faces, or the same elsewhere, are in the picture. */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  /** What the relay last told: `{id, box, source}`. */
  get faces() {
    return this.#faces;
  }

  /** The faces that are worn beside the chosen one. */
  get sources() {
    const parts = [...this.#parts.values(), ...this.#lost];
    return [...new Set(parts.map(({ source }) => source).filter((source) => source !== null))];
  }

  /** For the stream's `assign`. */
  get assign() {
    return Object.fromEntries([...this.#parts].map(([id, { source }]) => [id, source]));
  }

  /** A source's id, null for a person who is left as they are, undefined for one like everyone. */
  partOf(id) {
    return this.#parts.get(id)?.source;
  }

  /** Gives the person a part, as `partOf` has it; false where too many faces would be in use. */
  give(id, source) {
    if (typeof source === "string" && !this.sources.includes(source) && this.sources.length >= MOST_SOURCES) return false;
    const box = this.#faces.find((face) => face.id === id)?.box ?? null;
    this.#parts.delete(id);
    if (source !== undefined) this.#parts.set(id, { source, box });
    if (this.#parts.size > MOST_REMEMBERED) this.#parts.delete(this.#parts.keys().next().value);
    this.#handlers.changed();
    return true;
  }

  /** Nobody wears that face any more. */
  withdraw(source) {
    const before = this.sources.length;
    for (const [id, part] of this.#parts) if (part.source === source) this.#parts.delete(id);
    this.#lost = this.#lost.filter((part) => part.source !== source);
    if (this.sources.length !== before) this.#handlers.changed();
  }

  /** Takes what the relay tells of the faces in the picture. */
  see(faces) {
    this.#faces = faces.filter(isFace);
    for (const { id, box } of this.#faces) if (this.#parts.has(id)) this.#parts.get(id).box = box;
    if (this.#lost.length > 0 && this.#faces.length > 0) this.#recognise();
    this.#handlers.seen(this.#faces);
  }

  /** The ids begin anew: who had a part is known again by the place. */
  renumber() {
    this.#lost.push(...[...this.#parts.values()].filter(({ box }) => box !== null));
    this.#parts.clear();
    this.#leave();
  }

  clear() {
    this.#lost = [];
    this.#parts.clear();
    this.#leave();
  }

  #leave() {
    this.#faces = [];
    this.#handlers.seen(this.#faces);
  }

  #recognise() {
    const pairs = this.#lost.flatMap((part) => this.#faces.map((face) => ({ part, face, apart: apart(part.box, face.box) })));
    for (const { part, face } of pairs.filter(({ apart }) => apart < SAME_PERSON).sort((a, b) => a.apart - b.apart)) {
      if (!this.#lost.includes(part) || this.#parts.has(face.id)) continue;
      this.#parts.set(face.id, { source: part.source, box: face.box });
      this.#lost.splice(this.#lost.indexOf(part), 1);
    }
    // Who is not where they were is a newcomer to the model as well.
    this.#lost = [];
    if (this.#parts.size > 0) this.#handlers.changed();
  }
}

const isFace = (face) => typeof face?.id === "string" && Array.isArray(face.box) && face.box.length === 4 && face.box.every(Number.isFinite);

function apart([ax, ay, aw, ah], [bx, by, bw, bh]) {
  return Math.hypot(ax + aw / 2 - bx - bw / 2, ay + ah / 2 - by - bh / 2) / Math.max(aw, ah, bw, bh, 1);
}
