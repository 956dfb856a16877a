// Images of the user's: read once, checked, and handed on as bytes, so that what was checked is what is decoded.
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { OslmError } from "../../errors.js";
import type { Bytes, Sha256 } from "../../model/types.js";
import type { PromptImage } from "../../runtime/engine.js";
import { checkImage, MAX_IMAGE_BYTES } from "../../runtime/images/check-image.js";
import { noFile } from "../../store/no-file.js";
import type { World } from "../world.js";
import { absolutePath } from "./local-model.js";

export interface ReadImage extends PromptImage {
  readonly pixels: number;
  readonly sha256: Sha256;
}

/** Of one prompt: each takes hundreds of tokens. */
const MAX_IMAGES = 16;
/** Of all of them: they go to the process that reads them as one line. */
const MAX_SUM: Bytes = 128 * 2 ** 20;
const ONE_FILE = "--image with the path of a file";
/**
 * For each pixel, what decoding the worst of them takes besides the result: a PNG with four channels of 16 bits, whose rows are all unpacked
 * before 8 bits of three are made of them (13.3 measured, and up to 20 MB that checking it leaves behind), and a progressive JPEG of four colors,
 * whose coefficients are kept until its end (12.3). Others take less: a photograph 4 to 6, progressive in full color 10.5; other PNG files 3
 * to 5, GIF 9. Measured with images of 12, 48 and 50 million pixels; a test of the real part holds the worst two.
 */
const DECODING: Bytes = 16;
/** Each image as it stays decoded: 8 bits of three colors. */
const DECODED: Bytes = 3;
/**
 * Copies of a file, each a third longer as text: on the way to the process that reads it 6 to 7 times its size, in that process 8 to 9, both at
 * the same moment. Measured with files of 16 to 60 MB: 9 to 14.
 */
const COPIES = 15;

/** @throws OslmError file-not-found, bad-image, usage for too many, for addresses and for standard input */
export async function readImages(world: Pick<World, "home">, files: readonly string[]): Promise<readonly ReadImage[]> {
  if (files.length > MAX_IMAGES) throw tooMany(files.length);
  const images: ReadImage[] = [];
  let room = MAX_SUM;
  for (const file of files) {
    const image = await readImage(file, absolutePath(world, file), room);
    room -= image.bytes.length;
    images.push(image);
  }
  return images;
}

/** What decoding a photograph of 12 million pixels takes, of 6 MB. */
export const PHOTOGRAPH: Bytes = 12e6 * (DECODING + DECODED) + 6e6 * COPIES;

/** What decoding them takes at most, one after the other. */
export function decodingBytes(images: readonly ReadImage[]): Bytes {
  const largest = Math.max(0, ...images.map(({ pixels }) => pixels));
  return (
    largest * DECODING + images.reduce((sum, { bytes, pixels }) => sum + COPIES * bytes.length + DECODED * pixels, 0)
  );
}

/** Of messages that come one after another. @throws OslmError usage for what `readImages` would not read at once */
export function checkTogether(images: readonly ReadImage[]): void {
  if (images.length > MAX_IMAGES) throw tooMany(images.length);
  const bytes = images.reduce((sum, image) => sum + image.bytes.length, 0);
  if (bytes > MAX_SUM) throw tooLarge(images.at(-1)?.file ?? "");
}

function tooMany(count: number): OslmError<"usage"> {
  return new OslmError("usage", {
    problem: `${count} images are too many`,
    detail: `One prompt takes ${MAX_IMAGES} at most.`,
    help: "ask about some of them at a time",
  });
}

function tooLarge(file: string): OslmError<"usage"> {
  return new OslmError("usage", {
    problem: "the images are too large together",
    detail: `With ${file} they have more than ${MAX_SUM / 2 ** 20} MiB.`,
    help: "ask about some of them at a time, or make them smaller",
  });
}

async function readImage(file: string, path: string, room: Bytes): Promise<ReadImage> {
  const bytes = await readBounded(file, path, room);
  const head = await checkImage(bytes);
  if ("is" in head) throw new OslmError("bad-image", { file, ...head });
  return {
    file,
    kind: head.kind,
    bytes,
    pixels: head.width * head.height,
    sha256: createHash("sha256").update(bytes).digest("hex") as Sha256,
  };
}

/** Of ordinary files only: a device or a pipe may have no end. */
async function readBounded(file: string, path: string, room: Bytes): Promise<Uint8Array> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(async (error: unknown) => {
    const missing = error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code));
    throw missing ? await notFound(file, path) : error;
  });
  try {
    const info = await handle.stat();
    if (!info.isFile()) throw await noFile(path, { shown: file, instead: ONE_FILE });
    if (info.size > MAX_IMAGE_BYTES) {
      const reason = `it has ${info.size} bytes, more than ${MAX_IMAGE_BYTES}`;
      throw new OslmError("bad-image", { file, is: "too-large", reason });
    }
    if (info.size > room) throw tooLarge(file);
    const bytes = Buffer.alloc(info.size);
    const { bytesRead } = await handle.read(bytes, 0, info.size, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function notFound(file: string, path: string): Promise<OslmError> {
  if (file === "-") return noImageFile("Images are not read from standard input.", "save");
  if (/^https?:/i.test(file)) return noImageFile(`${file} is an address.`, "download");
  return noFile(path, { shown: file, instead: ONE_FILE });
}

function noImageFile(detail: string, verb: string): OslmError<"usage"> {
  return new OslmError("usage", {
    problem: "--image takes files",
    detail,
    help: `${verb} the image, then --image FILE`,
  });
}
