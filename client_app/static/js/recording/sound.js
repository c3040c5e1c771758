// The microphone's sound, as late as the picture is.

const LONGEST_S = 5;
/** Less than this is not heard as out of step, and each change is a small change of pitch. */
const NOTICED_S = 0.04;
const CHANGE_S = 0.4;

/** Delays what comes out of `input`, in any audio context; `output` is the node behind. */
export class Delay {
  #node;
  #seconds = null;

  constructor(context, input) {
    this.#node = new DelayNode(context, { maxDelayTime: LONGEST_S });
    input.connect(this.#node);
  }

  get output() {
    return this.#node;
  }

  get seconds() {
    return this.#seconds ?? 0;
  }

  follow(seconds) {
    const { delayTime, context } = this.#node;
    const wanted = Math.min(LONGEST_S, Math.max(0, seconds));
    if (this.#seconds !== null && Math.abs(wanted - this.#seconds) < NOTICED_S) return;
    if (this.#seconds === null) delayTime.setValueAtTime(wanted, context.currentTime);
    else delayTime.setTargetAtTime(wanted, context.currentTime, CHANGE_S / 3);
    this.#seconds = wanted;
  }
}

const PROBLEM_OF = {
  NotAllowedError: "The microphone is blocked for this page. Allow it beside the address and try again, or record without sound.",
  NotFoundError: "No microphone was found. Plug one in, or record without sound.",
};
const OTHER_PROBLEM = "The microphone gives no sound; another program may be using it. Try again, or record without sound.";

/** Firefox waits for ever where there is nothing to play sound on. */
const STARTS_WITHIN_MS = 4000;
const NOTHING_TO_PLAY_ON =
  "The browser does not start the sound; it may find nothing to play it on. Connect headphones or speakers and try again, or record without sound.";

/** Opens the microphone; rejects with an Error whose message is for the visitor. */
export async function openSound() {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    throw new Error(PROBLEM_OF[error.name] ?? OTHER_PROBLEM);
  }
  const context = new AudioContext();
  const delay = new Delay(context, new MediaStreamAudioSourceNode(context, { mediaStream: stream }));
  const end = new MediaStreamAudioDestinationNode(context);
  delay.output.connect(end);
  const [microphone] = stream.getAudioTracks();
  const close = () => {
    microphone.stop();
    context.close();
  };
  await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, STARTS_WITHIN_MS))]);
  if (context.state !== "running") {
    close();
    throw new Error(NOTHING_TO_PLAY_ON);
  }
  // The microphone's own lateness counts as well.
  const late = microphone.getSettings().latency ?? 0;
  return {
    track: end.stream.getAudioTracks()[0],
    follow: (milliseconds) => delay.follow(milliseconds / 1000 - late),
    close,
  };
}
