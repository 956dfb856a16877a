import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { checkImage } from "../../../src/runtime/images/check-image.js";
import { imageHead } from "../../../src/runtime/images/image-head.js";
import { bmp, gifHead, jpegHead, png, webpHead } from "../../support/images.js";

describe("imageHead", () => {
  it.each([
    ["png", png(31, 7)],
    ["jpeg", jpegHead(31, 7)],
    ["jpeg", jpegHead(31, 7, 60_000)],
    ["gif", gifHead(31, 7)],
    ["bmp", bmp(31, 7)],
  ])("reads kind and size of a %s", (kind, bytes) => {
    expect(imageHead(bytes)).toEqual({ kind, width: 31, height: 7 });
  });

  it("reads the size of a BMP that begins at the top", () => {
    const bytes = bmp(4, 4);
    bytes.writeInt32LE(-4, 22);
    expect(imageHead(bytes)).toMatchObject({ height: 4 });
  });

  it.each([
    ["a text", Buffer.from("BMW is a car maker from Munich, and this is a text.")],
    ["an SVG", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>")],
    ["nothing", Buffer.alloc(0)],
    ["a sound", Buffer.from("RIFF....WAVEfmt ")],
  ])("takes %s for no image", (_, bytes) => {
    expect(imageHead(bytes)).toBeNull();
  });

  it("throws a reason, and nothing else, wherever a file is cut", () => {
    for (const whole of [png(3, 3), jpegHead(3, 3, 20), gifHead(3, 3), bmp(3, 3)]) {
      for (let length = 0; length < whole.length; length++) {
        try {
          imageHead(whole.subarray(0, length));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }
    }
  });
});

describe("checkImage", () => {
  it("passes an image", async () => {
    expect(await checkImage(png(31, 7))).toEqual({ kind: "png", width: 31, height: 7 });
  });

  it.each([
    ["unreadable", Buffer.from("hello"), /no PNG, JPEG, GIF or BMP/],
    ["unreadable", webpHead(3, 3), /WebP/],
    ["too-large", gifHead(40_000, 1), /40000 x 1/],
    ["too-large", jpegHead(30_000, 30_000), /50 million/],
    ["malformed", png(0, 3), /0 x 3/],
    ["malformed", png(3, 3).subarray(0, 20), /cut off/],
    ["malformed", Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]), /length/],
    ["malformed", png(8, 8, [0, 0, 0], deflateSync(Buffer.alloc(50_000_000))), /unpacks to more/],
  ])("calls it %s", async (is, bytes, reason) => {
    expect(await checkImage(bytes)).toEqual({ is, reason: expect.stringMatching(reason) });
  });

  it("takes a PNG that unpacks to all that its size can need, and not a byte more", async () => {
    // 64 pixels of 8 bytes, the marks of the rows, and a kilobyte.
    const most = 8 * 8 * 8 + (2 * 8 + 16) * 8 + 1024;
    const packed = (bytes: number) => png(8, 8, [0, 0, 0], deflateSync(Buffer.alloc(bytes)));
    expect(await checkImage(packed(most))).toMatchObject({ kind: "png" });
    expect(await checkImage(packed(most + 1))).toMatchObject({ is: "malformed" });
  });

  it("leaves a PNG with broken pixels to the decoder", async () => {
    expect(await checkImage(png(8, 8, [0, 0, 0], Buffer.from("nonsense")))).toMatchObject({ kind: "png" });
  });
});
