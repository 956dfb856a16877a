import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { checkImage } from "../../../src/runtime/images/check-image.js";
import { isCutOff } from "../../../src/runtime/images/cut-off.js";
import { imageHead } from "../../../src/runtime/images/image-head.js";
import { bmp, deepPng, gif, jpeg, jpegHead, progressiveJpeg } from "../../support/images.js";

const { bytes: twoPictures, firstEnds } = gif();
const junk = Buffer.from("\xff\xd8 and more", "latin1");

/** Each with the length at which its picture is whole. */
const WHOLE: readonly (readonly [string, Buffer, number])[] = [
  ["JPEG with a thumbnail and restarts", jpeg(), jpeg().length],
  ["progressive JPEG", jpeg({ progressive: true }), jpeg({ progressive: true }).length],
  ["progressive JPEG that the decoder takes", progressiveJpeg(40, 24), progressiveJpeg(40, 24).length],
  ["GIF", twoPictures, firstEnds],
  ["BMP", bmp(8, 3), bmp(8, 3).length],
  ["BMP without the end of its last row", bmp(5, 3), bmp(5, 3).length - 1],
];

describe.each(WHOLE)("a %s", (_, bytes, length) => {
  const cut = (at: number) => checkImage(bytes.subarray(0, at));

  it("is taken whole, also with something behind it", async () => {
    expect(await checkImage(bytes)).toHaveProperty("kind");
    expect(await checkImage(Buffer.concat([bytes, junk]))).toHaveProperty("kind");
  });

  it("is malformed wherever it is cut", async () => {
    expect(await cut(length)).toHaveProperty("kind");
    const taken: number[] = [];
    // The first bytes make the kind.
    for (let at = 16; at < length; at++) if ("kind" in (await cut(at))) taken.push(at);
    expect(taken).toEqual([]);
    expect(await cut(length - 1)).toEqual({ is: "malformed", reason: "it is cut off" });
  });
});

it("counts the rows of a BMP from the top too, and in fewer bits", async () => {
  const bytes = bmp(9, 4);
  bytes.writeInt32LE(-4, 22);
  expect(await checkImage(bytes.subarray(0, -4))).toMatchObject({ is: "malformed" });
  // Nine pixels of one bit take two bytes, filled up to four.
  bytes.writeUInt16LE(1, 28);
  expect(await checkImage(bytes.subarray(0, 54 + 3 * 4 + 2))).toHaveProperty("kind");
  expect(await checkImage(bytes.subarray(0, 54 + 3 * 4 + 1))).toMatchObject({ is: "malformed" });
});

it("takes a frame without a scan for cut off, with its end too", async () => {
  const frame = jpegHead(8, 8);
  for (const bytes of [frame, Buffer.concat([frame, Buffer.from([0xff, 0xd9])])]) {
    expect(await checkImage(bytes)).toEqual({ is: "malformed", reason: "it is cut off" });
  }
});

it("leaves a PNG to the decoder, which refuses what is cut", () => {
  const bytes = deepPng(4, 4);
  expect(isCutOff(bytes.subarray(0, 60), { kind: "png", width: 4, height: 4 })).toBe(false);
});

it("goes through the largest file once, whatever it is filled with", () => {
  const size = 64 * 2 ** 20;
  const filled = (start: Buffer, ...unit: number[]) => Buffer.concat([start, Buffer.alloc(size, Buffer.from(unit))]);
  const scans = jpeg().subarray(0, -2);
  const pictures = twoPictures.subarray(0, firstEnds - 1);
  const files = [
    filled(scans, 0xff, 0),
    filled(scans, 0xff),
    filled(scans, 0xff, 0xda, 0, 0),
    filled(pictures, 1),
    filled(twoPictures.subarray(0, 19), 0x21, 0, 0),
  ];
  const before = performance.now();
  for (const bytes of files) {
    const head = imageHead(bytes);
    expect(head && isCutOff(bytes, head)).toBe(true);
  }
  // Half a second where it is quiet; in the square of the size it would be days.
  expect(performance.now() - before).toBeLessThan(20_000);
});
