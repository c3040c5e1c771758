// What the settings are called. Yours is the visitor's, theirs is the chosen face's.

const WHOSE = { automatic: "Auto", user: "Yours", source: "Theirs" };
const ON_OFF = { false: "Off", true: "On" };

/** Groups, settings and choices in the order in which they are shown. */
const GROUPS = [
  {
    title: "The face",
    words: {
      engine: { label: "Engine", choices: { mesh: "Mesh" }, hint: "What puts the face on; the others are networks that this server's operator added." },
      opacity: { label: "Strength" },
      shape: { label: "Face shape" },
      harmoniser: { label: "Relighting", hint: "How far a network fits light and skin to your picture. Not where the face keeps its own tone." },
      eyes: { label: "Eyes", choices: WHOSE, hint: "They look and blink as yours do." },
      mouth: { label: "Lips", choices: WHOSE },
      tone: { label: "Skin tone", choices: WHOSE, hint: "Auto: yours with a photo, theirs with a painted face." },
    },
  },
  {
    title: "The picture",
    words: {
      faces: { label: "Faces", choices: { largest: "Largest", all: "All" } },
      no_face: {
        label: "When no face is found",
        choices: { pass: "Show", blur: "Blur", hold: "Hide" },
        hint: "Your own picture is then shown as it is, blurred beyond recognition, or hidden by a plain card.",
      },
      preset: { label: "Rendering", choices: { fast: "Fast", balanced: "Balanced", best: "Best" } },
      quality: { label: "JPEG quality" },
    },
  },
];
const WORDS = Object.assign({}, ...GROUPS.map(({ words }) => words));
const UNNAMED_GROUP = "More";

/** What the setting is called, and what to know about it; the model's own title where there is no better word. */
export function settingWords({ name, title }) {
  const { label = title, hint = "" } = Object.hasOwn(WORDS, name) ? WORDS[name] : {};
  return { label, hint };
}

/** The choices of a setting as `{value, label}`. */
export function choiceWords({ name, choices }) {
  const words = (Object.hasOwn(WORDS, name) && WORDS[name].choices) || ON_OFF;
  const known = Object.keys(words);
  const place = (value) => (known.includes(String(value)) ? known.indexOf(String(value)) : known.length);
  const label = (value) => (known.includes(String(value)) ? words[value] : String(value));
  return [...choices].sort((a, b) => place(a) - place(b)).map((value) => ({ value, label: label(value) }));
}

/** A number as people read it: a share of one in percent. */
export function rangeWords({ range }, value) {
  return range.min === 0 && range.max === 1 ? `${Math.round(value * 100)} %` : String(value);
}

/** The settings that the model offers as `[{title, settings}]`. */
export function inGroups(offer) {
  const known = GROUPS.map(({ title, words }) => ({
    title,
    settings: Object.keys(words).flatMap((name) => offer.filter((setting) => setting.name === name)),
  }));
  const unnamed = { title: UNNAMED_GROUP, settings: offer.filter(({ name }) => !Object.hasOwn(WORDS, name)) };
  return [...known, unnamed].filter(({ settings }) => settings.length > 0);
}
