// Hashing with news on the way.
import { expect, it } from "vitest";
import { hashFile } from "../../src/app/hash-file.js";
import { DEMO } from "../support/oslm.js";

it("leaves no file open where nobody listens to its end", async () => {
  const seen: string[] = [];
  for await (const { type } of hashFile(DEMO, { shown: "demo", size: 1 }, new AbortController().signal)) {
    seen.push(type);
    if (type === "hashed") break;
  }
  // The set-up of the tests looks at what is open.
  expect(seen).toEqual(["hashing", "hashed"]);
});
