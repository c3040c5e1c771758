// Tells the other tabs of this visit which faces have come, changed or gone, and hears it from them.
export class OtherTabs {
  #channel = new BroadcastChannel("faces");

  /** `handlers`: `added(face)`, `renamed(face)` and `removed(face)`, in another tab. */
  constructor(handlers) {
    this.#channel.addEventListener("message", ({ data: { what, face } }) => handlers[what](face));
  }

  /** `what` is the name of the handler there. */
  tell(what, face) {
    this.#channel.postMessage({ what, face });
  }
}
