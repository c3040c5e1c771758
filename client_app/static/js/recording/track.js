// The recorded canvas as a track. Where the browser takes frames one by one, the track goes on while the page is hidden: a canvas is watched only while it may be seen.

const FRAMES_A_SECOND = 30;

export const goesOnUnseen = () => "MediaStreamTrackGenerator" in globalThis && "MediaStreamTrackProcessor" in globalThis;

/** `drawn()` is to be called whenever the canvas has changed. */
export function openTrack(canvas) {
  if (!goesOnUnseen()) {
    const [track] = canvas.captureStream(FRAMES_A_SECOND).getVideoTracks();
    return { track, drawn() {} };
  }
  const track = new MediaStreamTrackGenerator({ kind: "video" });
  const writer = track.writable.getWriter();
  return {
    track,
    drawn() {
      // One that cannot be taken now is left out rather than kept waiting in memory.
      if (writer.desiredSize <= 0) return;
      const frame = new VideoFrame(canvas, { timestamp: Math.round(performance.now() * 1000) });
      writer.write(frame).catch(() => frame.close());
    },
  };
}
