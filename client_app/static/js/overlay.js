// Where a place in a picture is on the screen: the picture keeps its shape within the element that shows it, and may be mirrored.

/** `box` is x, y, width, height in the picture's pixels; `picture` and `room` have a width and a height. */
export function placeOnScreen([x, y, width, height], picture, room, mirrored) {
  const scale = Math.min(room.width / picture.width, room.height / picture.height);
  const margin = { x: (room.width - picture.width * scale) / 2, y: (room.height - picture.height * scale) / 2 };
  const left = mirrored ? picture.width - x - width : x;
  return { left: margin.x + left * scale, top: margin.y + y * scale, width: width * scale, height: height * scale };
}

/** The part of the place that lies in the room, each side at least `smallest`. */
export function within(room, { left, top, width, height }, smallest) {
  const [x, wide] = span(left, width, room.width, smallest);
  const [y, high] = span(top, height, room.height, smallest);
  return { left: x, top: y, width: wide, height: high };
}

function span(begin, length, room, smallest) {
  const from = Math.max(0, begin);
  const shown = Math.max(smallest, Math.min(room, begin + length) - from);
  return [Math.max(0, Math.min(from, room - shown)), shown];
}
