// Images, and the part that reads them.
import type { Bytes } from "../model/types.js";

export interface ImageFacts {
  /** What reads images is installed besides; `install` is the command, null where there is none for this machine. */
  "no-image-part": { platform: string; reason: string; install: string | null };
  /** An image that is not read: of another kind, larger than the bounds, or damaged; `reason` reads like `it is cut off`. */
  "bad-image": { file: string; is: "unreadable" | "too-large" | "malformed"; reason: string };
  /** Decoding so many images takes more than is free beside the loaded model. */
  "images-do-not-fit": { images: number; need: Bytes; have: Bytes };
  /** A prompt whose images take most of the context; `needed` would hold it with an answer. */
  "image-prompt-too-long": { tokens: number; ctx: number; needed: number };
}
