import { afterEach, describe, expect, test } from "vitest";
import { proxyFor } from "../../src/config/proxy.js";
import { failureOf } from "../support/failure-of.js";

const NAMES = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
afterEach(() => {
  for (const name of NAMES) delete process.env[name];
});

const HUB = "https://huggingface.co/api";
const PROXY = "http://proxy.example:3128/";

describe("the proxy of an address", () => {
  test.each<readonly [Record<string, string>, string, string | undefined]>([
    [{}, HUB, undefined],
    [{ HTTPS_PROXY: PROXY }, HUB, PROXY],
    [{ https_proxy: PROXY }, HUB, PROXY],
    [{ HTTPS_PROXY: PROXY }, "http://mirror.example/", undefined],
    [{ HTTP_PROXY: PROXY }, "http://mirror.example/", PROXY],
    [{ http_proxy: PROXY }, "http://mirror.example/", PROXY],
    [{ HTTP_PROXY: PROXY }, HUB, undefined],
    [{ ALL_PROXY: PROXY }, HUB, PROXY],
    [{ all_proxy: PROXY }, "http://mirror.example/", PROXY],
    [{ HTTPS_PROXY: PROXY, NO_PROXY: "huggingface.co" }, HUB, undefined],
    [{ HTTPS_PROXY: PROXY, no_proxy: "other.example,.co" }, HUB, undefined],
    [{ HTTPS_PROXY: PROXY, NO_PROXY: "*" }, HUB, undefined],
    [{ HTTPS_PROXY: PROXY, NO_PROXY: "huggingface.co:8443" }, HUB, PROXY],
    [{ HTTP_PROXY: PROXY, NO_PROXY: "[::1]" }, "http://[::1]:8080/", undefined],
    [{ HTTPS_PROXY: "https://proxy.example" }, HUB, "https://proxy.example/"],
    [{ HTTPS_PROXY: "proxy.example:3128" }, HUB, PROXY],
    [{ HTTPS_PROXY: "proxy.example:443" }, HUB, "http://proxy.example:443/"],
    [{ HTTPS_PROXY: "" }, HUB, undefined],
  ])("%j: of %s %s", (env, url, proxy) => {
    Object.assign(process.env, env);
    expect(proxyFor(new URL(url))?.href).toBe(proxy);
  });

  test.each([
    ["http://me:secret@[", /not a URL/],
    ["http://me:secret%ZZ@proxy.example", /not a URL/],
    ["socks5://me:secret@proxy.example:1080", /socks5:\/\/ are not supported/],
  ])("%s is refused without its password", async (value, problem) => {
    process.env.HTTPS_PROXY = value;
    const failure = await failureOf(() => proxyFor(new URL(HUB)));
    expect(failure).toMatchObject({ code: "usage", facts: { problem: expect.stringMatching(problem) } });
    expect(failure.message).not.toContain("secret");
  });
});
