// Images, and the part that reads them.
import type { ImageFacts } from "../../errors/images.js";
import { capitalized } from "../../model/capitalized.js";
import { formatBytes } from "../../ui/format.js";
import type { Entries } from "./entry.js";

export const imageReports: Entries<ImageFacts> = {
  "no-image-part": (f) => [
    9,
    "images take a part of oslm that is installed besides",
    f.reason,
    f.install ?? `oslm doctor   (there is no build of it for ${f.platform}; text works without it)`,
  ],
  "bad-image": (f) => [
    f.is === "malformed" ? 8 : 2,
    `${f.file} cannot be read as an image`,
    `${capitalized(f.reason)}.`,
    f.is === "too-large"
      ? "make it smaller; the model sees some hundred pixels a side"
      : "save it again as PNG or JPEG",
  ],
  "images-do-not-fit": (f) => [
    6,
    `decoding ${f.images === 1 ? "the image" : `the ${f.images} images`} does not fit: it takes up to ${formatBytes(f.need)}`,
    `Usable for it beside the model are ${formatBytes(f.have)} of RAM.`,
    "make the image smaller (the model sees some hundred pixels a side), ask about fewer, or close other programs",
  ],
  "image-prompt-too-long": (f) => [
    2,
    `the images and the prompt take ${f.tokens} tokens, the context has ${f.ctx}`,
    "An image takes hundreds of tokens, whatever its size in pixels.",
    `fewer images, or --ctx ${f.needed}`,
  ],
};
