import { expect, it } from "vitest";
import { ReplyHeaders } from "../../src/hub/headers.js";

it("finds a header by its name in any case, without the spaces around its value", () => {
  const headers = new ReplyHeaders([["ETag", ' "a b"\t']]);
  expect([headers.get("etag"), headers.get("ETAG"), headers.has("eTag")]).toEqual(['"a b"', '"a b"', true]);
  expect([headers.get("link"), headers.has("link"), headers.get("__proto__")]).toEqual([null, false, null]);
});

it("joins the values of one name as fetch would", () => {
  const lines = [
    ["Link", "<a>"],
    ["link", "<b>"],
  ] as const;
  const fetched = new Headers();
  for (const [name, value] of lines) fetched.append(name, value);
  expect(new ReplyHeaders(lines).get("link")).toBe(fetched.get("link"));
});
