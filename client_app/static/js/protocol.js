// The stream protocol, version 1: what goes over the wire and what it means. Numbers are big-endian.

export const PROTOCOL = 1;
export const Kind = Object.freeze({ frame: 1, swapped: 2, dropped: 3 });

const CLIENT_HEADER_BYTES = 16;
const SERVER_HEADER_BYTES = 24;

export class ProtocolError extends Error {}

/** The binary message of one camera frame: version, kind, flags, number, capture clock in ms, then the JPEG. */
export function packFrame(seq, clock, jpeg) {
  const message = new ArrayBuffer(CLIENT_HEADER_BYTES + jpeg.byteLength);
  const header = new DataView(message, 0, CLIENT_HEADER_BYTES);
  header.setUint8(0, PROTOCOL);
  header.setUint8(1, Kind.frame);
  header.setUint16(2, 0);
  header.setUint32(4, seq);
  header.setFloat64(8, clock);
  new Uint8Array(message, CLIENT_HEADER_BYTES).set(new Uint8Array(jpeg));
  return message;
}

/** What the relay answered to one frame; `jpeg` is a view into the message, empty where the frame was dropped. */
export function parseAnswer(message) {
  if (message.byteLength < SERVER_HEADER_BYTES) {
    throw new ProtocolError(`A frame of at least ${SERVER_HEADER_BYTES} bytes was expected, ${message.byteLength} came.`);
  }
  const header = new DataView(message, 0, SERVER_HEADER_BYTES);
  const version = header.getUint8(0);
  const kind = header.getUint8(1);
  if (version !== PROTOCOL) {
    throw new ProtocolError(`Protocol version ${PROTOCOL} was expected, ${version} came.`);
  }
  if (kind !== Kind.swapped && kind !== Kind.dropped) {
    throw new ProtocolError(`A swapped or dropped frame was expected, kind ${kind} came.`);
  }
  const jpeg = new Uint8Array(message, SERVER_HEADER_BYTES);
  if ((kind === Kind.swapped) !== jpeg.byteLength > 0) {
    throw new ProtocolError(`A swapped frame carries a picture and a dropped one none; kind ${kind} came with ${jpeg.byteLength} bytes.`);
  }
  return {
    kind,
    faces: header.getUint16(2),
    seq: header.getUint32(4),
    clock: header.getFloat64(8),
    relayMicroseconds: header.getUint32(16),
    modelMicroseconds: header.getUint32(20),
    jpeg,
  };
}

export function startMessage(token) {
  return JSON.stringify({ type: "start", protocol: PROTOCOL, token, delivery: "live" });
}

export function optionsMessage(options) {
  return JSON.stringify({ type: "options", options });
}

export const PING_MESSAGE = JSON.stringify({ type: "ping" });

export function parseControl(text) {
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    throw new ProtocolError("A control message in JSON was expected.");
  }
  if (message === null || typeof message !== "object" || typeof message.type !== "string") {
    throw new ProtocolError("A control message with a type was expected.");
  }
  return message;
}

/** What a page does about a closed stream: come back with a fresh token, wait and come back, or give up and say why. */
export const Remedy = Object.freeze({ freshToken: "fresh token", retry: "retry", giveUp: "give up" });

const GIVE_UP = new Set([4400, 4413, 4429]);

export function remedyFor(closeCode) {
  if (closeCode === 4401) return Remedy.freshToken;
  return GIVE_UP.has(closeCode) ? Remedy.giveUp : Remedy.retry;
}
