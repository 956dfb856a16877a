// The bytes of a conversation's images, kept no longer than the conversation is about them.
import { expect, it } from "vitest";
import type { ReadImage } from "../../src/app/run/read-images.js";
import { ImageShelf } from "../../src/cli/chat/image-shelf.js";
import { OslmError } from "../../src/errors.js";
import type { Sha256 } from "../../src/model/types.js";

const image = (file: string): ReadImage => ({
  ...{ file, kind: "png", bytes: new Uint8Array(3), pixels: 4 },
  sha256: `hash of ${file}` as Sha256,
});
const shown = (file: string) => ({ role: "user", content: "?", images: [image(file)] }) as const;

it("reads an image once while it is talked about, and again after that", async () => {
  const read: string[] = [];
  const shelf = new ImageShelf(
    async (file) => {
      read.push(file);
      return image(file);
    },
    [image("a.png")],
  );
  await shelf.take("b.png");
  await shelf.messages([shown("a.png"), shown("b.png")], null);
  expect(read).toEqual(["b.png"]);
  await shelf.messages([{ role: "user", content: "Another conversation" }], null);
  expect((await shelf.messages([shown("a.png")], null)).messages[0]?.images).toHaveLength(1);
  expect(read).toEqual(["b.png", "a.png"]);
});

it.each<[string, OslmError, string]>([
  [
    "too large",
    new OslmError("bad-image", { file: "a.png", is: "too-large", reason: "it has 9 bytes, more than 8" }),
    "the file is too large: it has 9 bytes, more than 8",
  ],
  [
    "no image",
    new OslmError("bad-image", { file: "a.png", is: "unreadable", reason: "it is a text" }),
    "the file is no image any more",
  ],
])("says of a file that is %s by now what it is", async (_, error, reason) => {
  const shelf = new ImageShelf(() => Promise.reject(error), []);
  expect((await shelf.messages([shown("a.png")], null)).lost).toEqual([`a.png is not sent any more: ${reason}`]);
});
