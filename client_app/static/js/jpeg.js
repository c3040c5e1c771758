// Pictures to JPEG bytes, on a worker's canvas or the page's own.

const LOWER_QUALITIES = [0.6, 0.4, 0.2];

/** The size to send a picture in: its own shape, the longer side at most `longest`, both sides even for the JPEG's chroma. */
export function sizeToSend(width, height, longest) {
  const scale = Math.min(1, longest / Math.max(width, height));
  const even = (side) => Math.max(2, 2 * Math.round((side * scale) / 2));
  return { width: even(width), height: even(height) };
}

export class JpegEncoder {
  #canvas;
  #context;
  #maxBytes;
  #longest;

  /** `quality` of the JPEGs, and `scale` of the picture's sides. */
  pace = { quality: 0.8, scale: 1 };

  /** `longest`: pixels of the longer side at most. */
  constructor(canvas, maxBytes, longest) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    this.#maxBytes = maxBytes;
    this.#longest = longest;
  }

  /** The picture as JPEG bytes, coarser where it would be over the limit; null where even that is too large. */
  async encode(picture, width, height) {
    const { quality: best, scale } = this.pace;
    const size = sizeToSend(width, height, Math.min(this.#longest, Math.max(width, height)) * scale);
    if (this.#canvas.width !== size.width || this.#canvas.height !== size.height) {
      this.#canvas.width = size.width;
      this.#canvas.height = size.height;
    }
    this.#context.drawImage(picture, 0, 0, size.width, size.height);
    for (const quality of [best, ...LOWER_QUALITIES.filter((lower) => lower < best)]) {
      const blob = await this.#toBlob(quality);
      if (blob !== null && blob.size <= this.#maxBytes) return blob.arrayBuffer();
    }
    return null;
  }

  #toBlob(quality) {
    if ("convertToBlob" in this.#canvas) return this.#canvas.convertToBlob({ type: "image/jpeg", quality });
    return new Promise((resolve) => this.#canvas.toBlob(resolve, "image/jpeg", quality));
  }
}
