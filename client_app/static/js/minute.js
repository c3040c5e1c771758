// The last minute as three graphs: frames, delay and bytes. What they show is said in words as well.
import { SPAN_MS } from "./history.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [300, 72];
const GRAPHS = [
  { lines: [{ name: "fps", read: "Shown" }], least: 10, words: (value) => `${Math.round(value)} fps` },
  { lines: [{ name: "delay", read: "Delay" }], least: 100, words: (value) => `${Math.round(value)} ms` },
  { lines: [{ name: "sent", read: "Sent" }, { name: "received", read: "Received" }], least: 50_000, words: bytesWords },
];

/** Bytes a second as people read them. */
export function bytesWords(bytes) {
  return bytes < 999_500 ? `${Math.round(bytes / 1000)} kB/s` : `${(bytes / 1e6).toFixed(1)} MB/s`;
}

/** A round number that nothing goes beyond: 1, 2 or 5 with noughts. */
export function ceiling(value, least) {
  let top = least;
  while (top < value) top *= String(top).startsWith("2") ? 2.5 : 2;
  return top;
}

/** An SVG path of points `{at, value}` up to `now`; a value of null leaves a gap. */
export function path(points, now, top) {
  let drawing = false;
  return points
    .map(({ at, value }) => {
      if (value === null) {
        drawing = false;
        return "";
      }
      const command = drawing ? "L" : "M";
      drawing = true;
      return `${command}${(WIDTH * (1 - (now - at) / SPAN_MS)).toFixed(1)} ${(HEIGHT * (1 - value / top)).toFixed(1)}`;
    })
    .join("");
}

export class Minute {
  #graphs;

  constructor(root) {
    this.#graphs = GRAPHS.map((graph) => ({ ...graph, ...figure(graph) }));
    root.replaceChildren(...this.#graphs.map(({ element }) => element));
  }

  show(samples, now) {
    for (const { lines, least, words, paths, values, top, summary } of this.#graphs) {
      const series = lines.map(({ name }) => samples.map((sample) => ({ at: sample.at, value: sample[name] })));
      const known = series.map((points) => points.map(({ value }) => value).filter((value) => value !== null));
      const highest = ceiling(Math.max(0, ...known.flat()), least);
      top.textContent = words(highest);
      series.forEach((points, place) => {
        paths[place].setAttribute("d", path(points, now, highest));
        values[place].textContent = points.at(-1)?.value == null ? "–" : words(points.at(-1).value);
      });
      summary.textContent = known
        .map((numbers, place) => (numbers.length > 0 ? `${lines.length > 1 ? `${lines[place].read} ` : ""}${range(numbers, words)}` : ""))
        .filter(Boolean)
        .join("; ");
    }
  }
}

const range = (numbers, words) => `${words(Math.min(...numbers))} to ${words(Math.max(...numbers))}`;

function figure({ lines }) {
  const element = document.createElement("figure");
  const caption = document.createElement("figcaption");
  const values = lines.map(({ read }, place) => {
    const value = document.createElement("strong");
    const name = document.createElement("span");
    name.className = lines.length > 1 ? `minute-key minute-key-${place}` : "";
    name.append(`${read} `, value);
    caption.append(name);
    return value;
  });
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const paths = lines.map((_, place) => {
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("class", `minute-line-${place}`);
    svg.append(line);
    return line;
  });
  const frame = document.createElement("div");
  const top = document.createElement("span");
  top.className = "minute-top";
  top.setAttribute("aria-hidden", "true");
  frame.append(svg, top);
  const summary = document.createElement("p");
  element.append(caption, frame, summary);
  return { element, paths, values, top, summary };
}
