import { describe, expect, it } from "vitest";
import { isOslmError, OslmError } from "../../src/errors.js";
import { formatRef, type ModelRef, parseRef } from "../../src/model/ref.js";

const hub = (fields: object) => ({ kind: "hub", repo: "org/repo", ...fields });
const file = (path: string) => ({ kind: "file", path });

/** What is written, what it means, and the canonical spelling where that differs from what is written. */
const READ: readonly (readonly [text: string, ref: object, canonical?: string])[] = [
  // The catalogue
  ["demo", { kind: "demo" }],
  ["DEMO", { kind: "demo" }, "demo"],
  ["qwen2", { kind: "catalog", name: "qwen2" }],
  ["Qwen2", { kind: "catalog", name: "qwen2" }, "qwen2"],
  ["qwen2:0.5b", { kind: "catalog", name: "qwen2", size: "0.5b" }],
  ["qwen2:0.5B", { kind: "catalog", name: "qwen2", size: "0.5b" }, "qwen2:0.5b"],
  ["qwen2:latest", { kind: "catalog", name: "qwen2" }, "qwen2"],
  ["mistral-7b", { kind: "catalog", name: "mistral-7b" }],
  ["mistral-7b-q4_k_m", { kind: "catalog", name: "mistral-7b", quant: "Q4_K_M" }, "mistral-7b:q4_k_m"],
  ["qwen2:q4_k_m", { kind: "catalog", name: "qwen2", quant: "Q4_K_M" }],
  ["qwen2:fp16", { kind: "catalog", name: "qwen2", quant: "F16" }, "qwen2:f16"],
  ["llama3.2:3b-q5_k_m", { kind: "catalog", name: "llama3.2", size: "3b", quant: "Q5_K_M" }],
  [
    "llama3.2:3b-instruct-Q5_K_M",
    { kind: "catalog", name: "llama3.2", size: "3b-instruct", quant: "Q5_K_M" },
    "llama3.2:3b-instruct-q5_k_m",
  ],
  ["qwen3:30b-a3b", { kind: "catalog", name: "qwen3", size: "30b-a3b" }],
  ["qwen3:30b-a3b-ud-q4_k_xl", { kind: "catalog", name: "qwen3", size: "30b-a3b", quant: "UD-Q4_K_XL" }],
  ["mixtral:8x7b-iq3_xxs", { kind: "catalog", name: "mixtral", size: "8x7b", quant: "IQ3_XXS" }],
  // Hub repositories
  ["org/repo", hub({})],
  ["org/repo/", hub({}), "org/repo"],
  ["Qwen/Qwen2-0.5B-Instruct-GGUF", { kind: "hub", repo: "Qwen/Qwen2-0.5B-Instruct-GGUF" }],
  ["org/repo:Q4_K_M", hub({ quant: "Q4_K_M" })],
  ["org/repo:q4_k_m", hub({ quant: "Q4_K_M" }), "org/repo:Q4_K_M"],
  ["org/repo:latest", hub({}), "org/repo"],
  ["org/repo@rev", hub({ revision: "rev" })],
  ["org/repo@rev:Q8_0", hub({ revision: "rev", quant: "Q8_0" })],
  ["org/repo@refs/pr/1", hub({ revision: "refs/pr/1" })],
  ["org/repo@refs/pr/1:Q8_0", hub({ revision: "refs/pr/1", quant: "Q8_0" })],
  ["org/repo@refs%2Fpr%2F1", hub({ revision: "refs/pr/1" }), "org/repo@refs/pr/1"],
  ["org/repo@feature%2Fx", hub({ revision: "feature/x" })],
  ["org/repo@q4_k_m", hub({ quant: "Q4_K_M" }), "org/repo:Q4_K_M"],
  ["org/repo#q4_k_m", hub({ revision: "q4_k_m" })],
  ["org/repo:Q8_0#dev", hub({ revision: "dev", quant: "Q8_0" }), "org/repo@dev:Q8_0"],
  ["org/repo@q8_0#dev", hub({ revision: "dev", quant: "Q8_0" }), "org/repo@dev:Q8_0"],
  // One file of a repository
  ["org/repo/file.gguf", hub({ path: "file.gguf" })],
  ["org/repo/path/file.gguf", hub({ path: "path/file.gguf" })],
  ["org/repo/a b@c.gguf", hub({ path: "a b@c.gguf" })],
  ["org/repo@rev/path/file.gguf", hub({ revision: "rev", path: "path/file.gguf" })],
  ["org/repo@refs/pr/2/path/file.gguf", hub({ revision: "refs/pr/2", path: "path/file.gguf" })],
  ["org/repo/file.gguf#branch", hub({ revision: "branch", path: "file.gguf" }), "org/repo@branch/file.gguf"],
  ["org/repo:file.gguf", hub({ path: "file.gguf" }), "org/repo/file.gguf"],
  ["org/repo/tree/x.gguf", hub({ path: "tree/x.gguf" })],
  // As other tools write them
  ["hf:org/repo:Q4_K_M", hub({ quant: "Q4_K_M" }), "org/repo:Q4_K_M"],
  ["hf:org/repo/file.gguf#dev", hub({ revision: "dev", path: "file.gguf" }), "org/repo@dev/file.gguf"],
  ["hf://org/repo@main/file.gguf", hub({ revision: "main", path: "file.gguf" }), "org/repo@main/file.gguf"],
  ["hf.co/org/repo:Q8_0", hub({ quant: "Q8_0" }), "org/repo:Q8_0"],
  ["HF.CO/org/repo", hub({}), "org/repo"],
  ["huggingface.co/org/repo", hub({}), "org/repo"],
  ["hf:org/model.gguf", { kind: "hub", repo: "org/model.gguf" }],
  ["mlx/Model-iMat.GGUF", { kind: "hub", repo: "mlx/Model-iMat.GGUF" }],
  // As a browser shows them
  ["https://huggingface.co/org/repo", hub({}), "org/repo"],
  ["https://huggingface.co/org/repo#usage", hub({}), "org/repo"],
  ["https://www.huggingface.co/org/repo/", hub({}), "org/repo"],
  ["https://hf.co/org/repo", hub({}), "org/repo"],
  ["https://huggingface.co/org/repo?library=transformers", hub({}), "org/repo"],
  ["https://huggingface.co/org/repo/tree/main", hub({ revision: "main" }), "org/repo@main"],
  ["https://huggingface.co/org/repo/tree/refs%2Fpr%2F1", hub({ revision: "refs/pr/1" }), "org/repo@refs/pr/1"],
  ["https://huggingface.co/org/repo/tree/refs/pr/1", hub({ revision: "refs/pr/1" }), "org/repo@refs/pr/1"],
  ["https://huggingface.co/org/repo/tree/a%2Fb", hub({ revision: "a/b" }), "org/repo@a%2Fb"],
  ["https://huggingface.co/org/repo/tree/Q4_0", hub({ revision: "Q4_0" }), "org/repo#Q4_0"],
  [
    "https://huggingface.co/org/repo/blob/main/sub/m.gguf",
    hub({ revision: "main", path: "sub/m.gguf" }),
    "org/repo@main/sub/m.gguf",
  ],
  [
    "https://huggingface.co/org/repo/blob/Q4_0/m.gguf",
    hub({ revision: "Q4_0", path: "m.gguf" }),
    "org/repo/m.gguf#Q4_0",
  ],
  [
    "https://huggingface.co/org/repo/resolve/main/m%20x.gguf?download=true",
    hub({ revision: "main", path: "m x.gguf" }),
    "org/repo@main/m x.gguf",
  ],
  ["hf.co/org/repo/resolve/v1/m.gguf", hub({ revision: "v1", path: "m.gguf" }), "org/repo@v1/m.gguf"],
  ["https://huggingface.co/org/repo?show_file_info=m.gguf", hub({ path: "m.gguf" }), "org/repo/m.gguf"],
  [
    "https://huggingface.co/org/repo?show_file_info=tree%2Fm.gguf",
    hub({ path: "tree/m.gguf" }),
    "org/repo/tree/m.gguf",
  ],
  // Files
  ["model.gguf", file("model.gguf")],
  ["My Model.GGUF", file("My Model.GGUF")],
  ["models/model.gguf", file("models/model.gguf")],
  ["./model.gguf", file("./model.gguf")],
  ["./folder", file("./folder")],
  ["../x", file("../x")],
  [".", file(".")],
  ["/abs", file("/abs")],
  ["/abs/Modelle/größe 1.gguf", file("/abs/Modelle/größe 1.gguf")],
  ["~/x", file("~/x")],
  ["C:\\x.gguf", file("C:\\x.gguf")],
  ["c:/models/x.gguf", file("c:/models/x.gguf")],
  [".\\x.gguf", file(".\\x.gguf")],
  ["models\\x.gguf", file("models\\x.gguf")],
  ["\\\\server\\share\\x.gguf", file("\\\\server\\share\\x.gguf")],
  ["file:///home/me/a%20b.gguf", file("/home/me/a b.gguf"), "/home/me/a b.gguf"],
  ["file:///C:/x.gguf", file("C:/x.gguf"), "C:/x.gguf"],
  // Any other web server
  ["https://host/model.gguf", { kind: "url", url: "https://host/model.gguf" }],
  ["http://127.0.0.1:8000/m.gguf", { kind: "url", url: "http://127.0.0.1:8000/m.gguf" }],
  [
    "https://HOST/dir/../m.gguf?token=1#x",
    { kind: "url", url: "https://host/m.gguf?token=1" },
    "https://host/m.gguf?token=1",
  ],
  ["https://host/api?FilePath=m.gguf", { kind: "url", url: "https://host/api?FilePath=m.gguf" }],
  ["https://huggingface.co.evil.example/m.gguf", { kind: "url", url: "https://huggingface.co.evil.example/m.gguf" }],
];

/** What is refused, and a word of the reason. */
const REFUSED: readonly (readonly [text: string, reason: RegExp])[] = [
  ["", /empty/],
  [" ", /space/],
  ["qwen2 ", /space/],
  [" qwen 2", /space/],
  ["qwen  2", /space/],
  ["qwen\u00a02", /space/],
  ["org/my repo", /org\/name/],
  ["qwen2\0", /control/],
  ["org/repo\u001b[31m", /control/],
  ["./model\n.gguf", /control/],
  ["org/repo\u202egguf", /control/],
  ["./\ud800.gguf", /control/],
  ["a".repeat(5000), /longer than 4096/],
  ["a".repeat(65), /letters, digits/],
  [`org/${"a".repeat(97)}`, /org\/name/],
  ["qwen2:", /nothing follows/],
  ["qwen2:7b:q4_0", /two colons/],
  ["qwen2-q8_0:q4_0", /two quantizations/],
  ["qwen2:7b@main", /size/],
  ["@", /letters, digits/],
  ["q4_k_m", /letters, digits/],
  ["-rf", /letters, digits/],
  ["demo:q8_0", /demo/],
  ["org/repo:", /nothing follows/],
  ["org/repo@", /nothing follows the @/],
  ["org/repo#", /nothing follows the #/],
  ["org/repo@main#dev", /two revisions/],
  ["org/repo#a#b", /two #/],
  ["org/repo:Q4_K_M@main", /before the quantization/],
  ["org/repo:main", /@main/],
  ["org/repo@q4_k_m:Q8_0", /quantization/],
  ["org/repo@../../etc", /branch/],
  ["org/repo@a..b", /branch/],
  ["org/repo@-x", /branch/],
  ["org/repo@%ZZ", /escapes/],
  ["org/repo@%00", /branch/],
  ["org//repo", /org\/name/],
  ["org/..", /org\/name/],
  ["org/--repo", /org\/name/],
  ["org/a--b", /org\/name/],
  ["org/repo/../x.gguf", /\.\. part/],
  ["org/repo/./x.gguf", /\.\. part/],
  ["org/repo//x.gguf", /empty/],
  ["org/repo/a\\..\\x.gguf", /cannot hold/],
  ["org/repo/folder", /\.gguf/],
  ["org/repo@feature/x", /%2F/],
  ["hf:", /org\/name/],
  ["hf:gpt2", /org\/name/],
  ["https://huggingface.co", /org\/name/],
  ["https://huggingface.co/org/repo/blob/main/..%2F..%2Fx.gguf", /\.\. part/],
  ["https://huggingface.co/org/repo/blob/main/x%00.gguf", /cannot hold/],
  ["https://huggingface.co/org/repo/tree/main/Q4_K_M", /\.gguf/],
  ["https://huggingface.co/datasets/org/name", /no models/],
  ["models/mistral", /no models.*\.\//],
  ["ftp://host/x.gguf", /ftp/],
  ["s3://bucket/x.gguf", /s3/],
  ["file://host/x.gguf", /three slashes/],
  ["file:///x%00.gguf", /escapes/],
  ["https://host/", /\.gguf/],
  ["https://me:secret@host/x.gguf", /password/],
  ["https://[/x.gguf", /address/],
];

describe("parseRef", () => {
  it.each(READ.map(([text, ref, canonical]) => ({ text, ref, canonical })))(
    "reads $text",
    ({ text, ref, canonical }) => {
      expect(parseRef(text)).toStrictEqual(ref);
      expect(formatRef(parseRef(text))).toBe(canonical ?? text);
      expect(parseRef(formatRef(parseRef(text)))).toStrictEqual(ref);
    },
  );

  it.each(REFUSED)("refuses %j", (text, reason) => {
    const error = thrown(() => parseRef(text));
    expect(isOslmError(error, "invalid-reference")).toBe(true);
    if (isOslmError(error, "invalid-reference")) expect(error.facts.reason).toMatch(reason);
  });

  it("cuts a long input in the error", () => {
    const error = thrown(() => parseRef("a".repeat(100_000)));
    expect(error instanceof OslmError && error.message.length).toBeLessThan(400);
  });

  it("throws nothing but invalid-reference, and what it reads comes back, for any text", () => {
    const random = generator(20261120);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const crumbs = [
      ..."/:@#.-_%~\\? \0\u202eé",
      "..",
      "//",
      "org",
      "repo",
      "qwen2",
      "7b",
      "Q4_K_M",
      "q8_0",
      "ud-",
      "refs/pr/1",
    ];
    crumbs.push(
      ".gguf",
      "x.gguf",
      "hf:",
      "hf://",
      "hf.co/",
      "https://",
      "huggingface.co/",
      "/tree/",
      "/blob/main/",
      "file:///",
    );
    crumbs.push(
      "%2F",
      "%00",
      "%ZZ",
      "?show_file_info=",
      "C:",
      "demo",
      "latest",
      "main",
      "org/repo",
      "org/repo",
      "\ud800",
    );
    let read = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const text = Array.from({ length: 1 + Math.floor(random() * 6) }, () => pick(crumbs)).join("");
      const ref = readOrRefuse(text);
      if (ref === undefined) continue;
      expect(parseRef(formatRef(ref)), text).toStrictEqual(ref);
      read += 1;
    }
    expect(read).toBeGreaterThan(1000);
  });
});

describe("the pages of the Hub in use", () => {
  const MIRROR = "https://mirror.example:8443/hf";
  const at = "https://mirror.example:8443";

  it.each([
    [`${at}/hf/org/repo`, hub({})],
    [`${at}/hf/org/repo/`, hub({})],
    [`${at}/hf/org/repo/tree/main`, hub({ revision: "main" })],
    [`${at}/hf/org/repo/tree/refs%2Fpr%2F1`, hub({ revision: "refs/pr/1" })],
    [`${at}/hf/org/repo/resolve/main/a/x.gguf?download=true`, hub({ revision: "main", path: "a/x.gguf" })],
    [`${at}/hf/org/repo?show_file_info=x.gguf`, hub({ path: "x.gguf" })],
    [`http://MIRROR.example:8443/hf/org/repo#usage`, hub({})],
    ["https://huggingface.co/org/repo", hub({})],
    [`${at}/other/x.gguf`, { kind: "url", url: `${at}/other/x.gguf` }],
    [`${at}/hf2/org/x.gguf`, { kind: "url", url: `${at}/hf2/org/x.gguf` }],
    ["https://mirror.example/hf/org/x.gguf", { kind: "url", url: "https://mirror.example/hf/org/x.gguf" }],
    ["https://mirror.example.evil:8443/hf/x.gguf", { kind: "url", url: "https://mirror.example.evil:8443/hf/x.gguf" }],
  ])("%s", (text, ref) => expect(parseRef(text, { hub: MIRROR })).toStrictEqual(ref));

  it.each([
    [`${at}/hf`],
    [`${at}/hf/`],
    [`${at}/hf/datasets/org/repo`],
    [`https://me:secret@mirror.example:8443/hf/a/b`],
  ])("refuses %s", (text) => {
    expect(
      isOslmError(
        thrown(() => parseRef(text, { hub: MIRROR })),
        "invalid-reference",
      ),
    ).toBe(true);
  });

  it("without a folder", () => {
    expect(parseRef("http://127.0.0.1:8080/org/repo", { hub: "http://127.0.0.1:8080" })).toStrictEqual(hub({}));
    expect(
      isOslmError(
        thrown(() => parseRef("http://127.0.0.1:8080/org/repo")),
        "invalid-reference",
      ),
    ).toBe(true);
  });
});

describe("formatRef", () => {
  it("keeps a file a file", () => {
    expect(formatRef({ kind: "file", path: "demo" })).toBe("./demo");
    expect(formatRef({ kind: "file", path: "a/b/c.gguf" })).toBe("./a/b/c.gguf");
  });
});

function readOrRefuse(text: string): ModelRef | undefined {
  try {
    return parseRef(text);
  } catch (error) {
    if (isOslmError(error, "invalid-reference")) return undefined;
    throw error;
  }
}

function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Mulberry32: the same numbers on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
