// Put into the page before its own scripts: keeps what goes over the wire and what is drawn, for the tests to read.
(() => {
  const KEPT = 60;
  const witness = { said: [], sent: new Map(), received: new Map(), receivedSeqs: [], drawn: [], mostUnanswered: 0, tracks: [], closes: [], sockets: [], facesFound: new Map(), deaf: false, lags: [], newestSent: 0 };
  window.witness = witness;
  const keep = (map, seq, bytes) => {
    map.set(seq, bytes);
    if (map.size > KEPT) map.delete(map.keys().next().value);
  };

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    unanswered = new Set();

    constructor(...address) {
      super(...address);
      witness.sockets.push(this);
      this.addEventListener("message", (event) => {
        const { data } = event;
        if (witness.deaf) event.stopImmediatePropagation();
        if (typeof data === "string") return;
        const header = new DataView(data);
        const seq = header.getUint32(4);
        this.unanswered.delete(seq);
        if (header.getUint8(1) !== 2) return;
        witness.lags.push(witness.newestSent - seq);
        witness.receivedSeqs.push(seq);
        witness.facesFound.set(seq, header.getUint16(2));
        keep(witness.received, seq, new Uint8Array(data.slice(24)));
      });
      this.addEventListener("close", ({ code, reason }) => witness.closes.push({ code, reason }));
    }

    send(data) {
      if (typeof data === "string") {
        witness.said.push(JSON.parse(data));
      } else {
        const seq = new DataView(data).getUint32(4);
        this.unanswered.add(seq);
        witness.newestSent = seq;
        witness.mostUnanswered = Math.max(witness.mostUnanswered, this.unanswered.size);
        keep(witness.sent, seq, new Uint8Array(data.slice(16)));
      }
      super.send(data);
    }
  };

  if (navigator.mediaDevices) {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wishes) => {
      const stream = await open(wishes);
      witness.tracks.push(...stream.getTracks());
      return stream;
    };
  }

  const small = new OffscreenCanvas(32, 24).getContext("2d", { willReadFrequently: true });
  document.addEventListener("DOMContentLoaded", () => {
    const output = document.getElementById("output");
    if (!output) return;
    new MutationObserver(() => {
      if (!output.dataset.seq) return;
      small.drawImage(output, 0, 0, 32, 24);
      witness.drawn.push({ seq: Number(output.dataset.seq), pixels: small.getImageData(0, 0, 32, 24).data.join() });
      if (witness.drawn.length > 400) witness.drawn.shift();
    }).observe(output, { attributes: true, attributeFilter: ["data-seq"] });
  });

  const base64 = (bytes) => btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
  witness.pairs = (newest = KEPT) =>
    [...witness.sent.keys()]
      .filter((seq) => witness.received.has(seq))
      .slice(-newest)
      .map((seq) => ({ seq, sent: base64(witness.sent.get(seq)), received: base64(witness.received.get(seq)) }));
  witness.output = () => document.getElementById("output").toDataURL("image/png").split(",")[1];
})();
