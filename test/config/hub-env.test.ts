import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { checkToken, readHubEnv } from "../../src/config/hub-env.js";
import type { Env } from "../../src/config/paths.js";
import { failureOf } from "../support/failure-of.js";

const FILE = "/hf/token";
const read = (env: Env, token?: string) => readHubEnv(env, FILE, (path) => (path === FILE ? token : undefined));

describe("HF_ENDPOINT", () => {
  test.each([
    [undefined, "https://huggingface.co"],
    ["", "https://huggingface.co"],
    ["https://mirror.example", "https://mirror.example"],
    ["https://mirror.example/", "https://mirror.example"],
    ["https://mirror.example/hf//", "https://mirror.example/hf"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  ])("%j means %s", (value, endpoint) => expect(read({ HF_ENDPOINT: value }).endpoint).toBe(endpoint));

  test.each([
    ["mirror.example"],
    ["ftp://mirror.example"],
    ["file:///etc"],
    ["https://user:pass@mirror.example"],
    ["https://user@mirror.example"],
    ["https://mirror.example?x=1"],
    ["https://mirror.example#x"],
  ])("%j is refused", async (value) => {
    const failure = await failureOf(() => read({ HF_ENDPOINT: value }));
    expect(failure).toMatchObject({ code: "usage", facts: { problem: expect.stringContaining("HF_ENDPOINT") } });
    expect(failure.message).not.toContain("pass@");
  });
});

describe("offline", () => {
  test.each([
    [{}, false],
    [{ HF_HUB_OFFLINE: "1" }, true],
    [{ HF_HUB_OFFLINE: "on" }, true],
    [{ HF_HUB_OFFLINE: "Yes" }, true],
    [{ HF_HUB_OFFLINE: "TRUE" }, true],
    [{ TRANSFORMERS_OFFLINE: "1" }, true],
    [{ HF_HUB_OFFLINE: "0", TRANSFORMERS_OFFLINE: "true" }, true],
    [{ HF_HUB_OFFLINE: "0" }, false],
    [{ HF_HUB_OFFLINE: "" }, false],
    [{ HF_HUB_OFFLINE: "no" }, false],
    [{ HF_HUB_OFFLINE: "2" }, false],
  ])("%j is %s", (env: Env, offline) => expect(read(env).offline).toBe(offline));
});

describe("HF_HUB_DOWNLOAD_TIMEOUT", () => {
  test.each([
    [undefined, undefined],
    ["", undefined],
    ["60", 60_000],
    [" 60 ", 60_000],
    ["0.5", 500],
    ["86400", 86_400_000],
  ])("%j means %j ms", (value, ms) => expect(read({ HF_HUB_DOWNLOAD_TIMEOUT: value }).stallMs).toBe(ms));

  test.each([["0"], ["-5"], ["1e3"], ["ten"], ["5s"], ["Infinity"], ["NaN"], ["86401"], ["9".repeat(400)]])(
    "%j is refused",
    async (value) => {
      const problem = expect.stringContaining("HF_HUB_DOWNLOAD_TIMEOUT");
      const failure = await failureOf(() => read({ HF_HUB_DOWNLOAD_TIMEOUT: value }));
      expect(failure).toMatchObject({ code: "usage", facts: { problem } });
    },
  );
});

describe("the token", () => {
  test.each([
    [{}, undefined, {}],
    [{}, "hf_file\n", { token: "hf_file", tokenSource: FILE }],
    [{}, "  \n", {}],
    [{ HF_TOKEN: "hf_env" }, "hf_file", { token: "hf_env", tokenSource: "HF_TOKEN" }],
    [{ HF_TOKEN: " hf_env\r\n" }, undefined, { token: "hf_env", tokenSource: "HF_TOKEN" }],
    [{ HF_TOKEN: "" }, "hf_file", { token: "hf_file", tokenSource: FILE }],
    [{ HUGGING_FACE_HUB_TOKEN: "hf_old" }, "hf_file", { token: "hf_old", tokenSource: "HUGGING_FACE_HUB_TOKEN" }],
    [{ HF_TOKEN: "hf_env", HUGGING_FACE_HUB_TOKEN: "hf_old" }, undefined, { token: "hf_env", tokenSource: "HF_TOKEN" }],
    [{ HF_TOKEN: "not-from-hf" }, undefined, { token: "not-from-hf", tokenSource: "HF_TOKEN" }],
    [{ HF_TOKEN: "hf_env", HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" }, "hf_file", {}],
  ])("%j and a file with %j give %j", (env: Env, file, token) => {
    expect(read(env, file)).toEqual({ endpoint: "https://huggingface.co", offline: false, ...token });
  });

  test.each([["hf_a b"], ["hf_a\nb"], ["hf_é"], ["hf_\u0000x"], [`hf_${"x".repeat(5000)}`]])(
    "%j is refused and not repeated",
    async (token) => {
      for (const found of [read({ HF_TOKEN: token }), read({}, token)]) {
        const failure = await failureOf(() => checkToken(found.token ?? "", found.tokenSource ?? ""));
        expect(failure.code).toBe("usage");
        expect(inspect(failure, { depth: 9 })).not.toContain("hf_");
      }
    },
  );
});
