// How large the picture is that the camera is asked for and that is sent.

const SIZES = [
  [320, 240, ""],
  [640, 480, ""],
  [960, 540, ""],
  [1280, 720, "HD"],
  [1920, 1080, "full HD"],
];

/** Each `{name, label, width, height}`, the smallest first. */
export const RESOLUTIONS = SIZES.map(([width, height, known]) => ({
  name: `${width}x${height}`,
  label: `${width} × ${height}${known && ` (${known})`}`,
  width,
  height,
}));
const USUAL = RESOLUTIONS[1];

/** That of the name, else the usual one. */
export const resolutionNamed = (name) => RESOLUTIONS.find((resolution) => resolution.name === name) ?? USUAL;

/** Those that a camera with these capabilities can give, held either way; all of them where it does not tell. */
export function resolutionsOf(capabilities) {
  const [width, height] = [capabilities?.width?.max, capabilities?.height?.max];
  if (!(width > 0 && height > 0)) return RESOLUTIONS;
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  const possible = RESOLUTIONS.filter((resolution) => resolution.width <= long && resolution.height <= short);
  return possible.length > 0 ? possible : RESOLUTIONS.slice(0, 1);
}

/** What a camera track is asked for; it gives what comes nearest. */
export const sizeWishes = ({ width, height }) => ({ width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 30 } });
