// The parts of the stage that are fetched when they are first needed.

/** The people in the picture, each with a face of their own where the visitor gives one. `say(words)` tells the visitor. */
export function openPeople(page, { cast, gallery, settings, say }) {
  let people = null;

  function given(person, source, label) {
    if (!cast.give(person.id, source)) return say("So many faces at once are not possible. Give someone here a face that is in use.");
    const faces = settings.offered("faces");
    const wasOne = source !== undefined && faces?.choices?.includes("all") && settings.value(faces) !== "all";
    if (wasOne) settings.change(faces, "all");
    const everyone = wasOne ? " All faces are changed now." : "";
    say(`Person ${person.number}: ${label}.${everyone}`);
  }

  return {
    async show(faces) {
      if (people === null && faces.length === 0) return;
      people ??= import("./people.js").then(
        ({ People }) =>
          new People(page.getElementById("output"), page.getElementById("panes"), {
            faces: () => gallery.faces,
            partOf: (id) => cast.partOf(id),
            given,
          }),
      );
      (await people).show(cast.faces);
    },
  };
}
