// The Hub's list of models: what is asked, page by page, and what survives of hostile answers.
import { afterEach, describe, expect, it } from "vitest";
import { createHub } from "../../src/hub/hub.js";
import { type ModelSearch, type SearchPage, searchModels } from "../../src/hub/search-models.js";
import { failureOf } from "../support/failure-of.js";
import { type FakeHub, type FakeHubOptions, startFakeHub } from "../support/fake-hub.js";

let fake: FakeHub;
afterEach(() => fake.close());

const gguf = { "m.gguf": Buffer.from("GGUF") };
const repo = (name: string, more: object = {}) => ({
  id: `acme/${name}`,
  files: gguf,
  card: { license: "mit" },
  ...more,
});
const REPOS = ["a", "b", "c", "d", "e"].map((name, index) => repo(name, { downloads: 100 - index }));

async function start(repos: FakeHubOptions["repos"] = REPOS) {
  fake = await startFakeHub({ repos, token: "hf_secret" });
}

async function search(wishes: Partial<ModelSearch> = {}, pages = 3): Promise<SearchPage[]> {
  const hub = createHub({ endpoint: fake.endpoint, retry: { sleep: async () => {} } });
  const found: SearchPage[] = [];
  for await (const page of searchModels(hub, { words: "", sort: "downloads", pageSize: 2, ...wishes })) {
    if (found.push(page) >= pages) break;
  }
  return found;
}

const UNREAD = {
  ...{ parameters: null, architecture: null, context: null, chatTemplate: null, fileSize: null },
  ggufFiles: [],
};

const names = (pages: readonly SearchPage[]) => pages.map(({ hits }) => hits.map((hit) => hit.repo).join(" "));

describe("a search", () => {
  it("asks for what it needs, and for a page only when somebody takes it", async () => {
    await start();
    expect(names(await search({ words: "/c acme" }, 1))).toEqual(["acme/c"]);
    const [{ url } = { url: "" }] = fake.requests;
    expect(decodeURIComponent(url).split(/[?&]/)).toEqual([
      ...["/api/models", "filter=gguf", "sort=downloads", "direction=-1", "limit=2", "search=/c+acme"],
      ...["cardData", "tags", "gated", "downloads", "likes", "lastModified"].map((field) => `expand=${field}`),
      ...["gguf", "safetensors", "siblings", "pipeline_tag"].map((field) => `expand=${field}`),
    ]);
    expect(fake.requests.length).toBe(1);
  });

  it("goes through all pages, and says which is the last", async () => {
    await start();
    const pages = await search();
    expect(names(pages)).toEqual(["acme/a acme/b", "acme/c acme/d", "acme/e"]);
    expect(pages.map(({ isLast }) => isLast)).toEqual([false, false, true]);
  });

  it("asks for a task by the Hub's label, and for what has a gate or none", async () => {
    await start([
      repo("see", { pipeline_tag: "image-text-to-text", gated: "auto" }),
      repo("see-too", { pipeline_tag: "image-text-to-text" }),
      repo("talk", { moreTags: ["conversational", "code"] }),
    ]);
    expect(names(await search({ task: "vision" }))).toEqual(["acme/see acme/see-too"]);
    expect(names(await search({ task: "vision", gated: false }))).toEqual(["acme/see-too"]);
    expect(names(await search({ gated: true }))).toEqual(["acme/see"]);
    for (const task of ["chat", "code"] as const) expect(names(await search({ task }))).toEqual(["acme/talk"]);
    expect(names(await search({ task: "text" }))).toEqual(["acme/talk"]);
    expect(names(await search({ task: "embedding" }))).toEqual([""]);
  });

  it("reads what the Hub has read of the weights, and nothing that makes no sense", async () => {
    const gguf = {
      total: 8e9,
      architecture: "llama",
      context_length: 131_072,
      totalFileSize: 5e9,
      chat_template: "{{x}}",
    };
    await start([repo("read", { gguf, safetensors: { total: 7 } })]);
    const [page] = await search();
    expect(page?.hits[0]?.weights).toEqual({
      ...{ parameters: 8e9, architecture: "llama", context: 131_072, fileSize: 5e9, chatTemplate: "{{x}}" },
      ggufFiles: ["m.gguf"],
    });
    const wrong = {
      total: -1,
      architecture: "a\u001b[2J",
      context_length: 1e300,
      totalFileSize: "5",
      chat_template: 7,
    };
    const siblings = [null, 7, { rfilename: "../m.gguf" }, { rfilename: "ok.gguf" }, { rfilename: "README.md" }];
    fake.faults.set("search", { entries: [{ id: "x/wrong", gguf: wrong, safetensors: { total: 7 }, siblings }] });
    const [hostile] = await search();
    expect(hostile?.hits[0]?.weights).toEqual({ ...UNREAD, parameters: 7, ggufFiles: ["ok.gguf"] });
  });

  it("reads what the Hub says", async () => {
    await start([repo("gated", { gated: "manual", likes: 7, lastModified: "2026-05-06T07:08:09.000Z" })]);
    const [page] = await search({ author: "acme", sort: "updated" });
    expect(page?.hits).toEqual([
      {
        repo: "acme/gated",
        card: { license: ["mit"], baseModels: [] },
        gated: "manual",
        downloads: 1234,
        likes: 7,
        updatedAt: "2026-05-06T07:08:09.000Z",
        pipeline: "text-generation",
        weights: { ...UNREAD, ggufFiles: ["m.gguf"] },
      },
    ]);
    expect(fake.requests[0]?.url).toMatch(/sort=lastModified.*author=acme/);
  });
});

describe("hostile answers", () => {
  it("lose their entries that make no sense, and no others", async () => {
    await start();
    const nothing = {
      card: { license: [], baseModels: [] },
      gated: null,
      downloads: null,
      likes: null,
      updatedAt: null,
      pipeline: null,
      weights: UNREAD,
    };
    const entries = [
      ...[null, 7, "text", [], {}, { id: 7 }, { id: "no-organization" }, { id: "../../etc" }, { id: "a/b\u001b[2J" }],
      { id: "x/plain" },
      { id: "x/wrong", cardData: [], tags: {}, gated: true, downloads: -1, likes: "9", lastModified: "soon" },
      {
        id: "x/huge",
        downloads: 1e300,
        lastModified: 7,
        cardData: { license: { id: "mit" } },
        tags: [null, "license:mit"],
      },
      { id: "x/mixed", cardData: { license: ["mit", 7] } },
    ];
    fake.faults.set("search", { entries });
    const [page] = await search();
    expect(page?.hits).toEqual([
      { repo: "x/plain", ...nothing },
      { repo: "x/wrong", ...nothing },
      { repo: "x/huge", ...nothing, card: { license: ["mit"], baseModels: [] } },
      { repo: "x/mixed", ...nothing },
    ]);
  });

  it("lead to no other host, with the next page or by a redirect", async () => {
    await start();
    fake.faults.set("search", { times: 1, link: "https://evil.example/api/models?cursor=Mg" });
    expect(names(await search())).toEqual(["acme/a acme/b", "acme/c acme/d acme/e"]);
    fake.faults.set("search", { status: 302, headers: { location: "https://evil.example/" } });
    expect(await failureOf(search())).toMatchObject({ code: "malformed-reply" });
    fake.faults.set("search", { link: "http://[" });
    expect(await failureOf(search())).toMatchObject({ code: "malformed-reply" });
  });

  it.each([
    ["a web page", { html: true }, "malformed-reply"],
    ["an object", { json: { error: "?" } }, "malformed-reply"],
    ["too much", { json: ["x".repeat(17_000_000)] }, "malformed-reply"],
    // A mirror that cannot search.
    ["no such call", { status: 404 }, "hub-failed"],
    ["no such repository", { status: 404, headers: { "x-error-code": "RepoNotFound" } }, "hub-failed"],
    ["a mirror that wants to know who asks", { status: 401 }, "forbidden"],
    ["too many requests", { status: 429 }, "rate-limited"],
  ] as const)("that are %s fail as such", async (_, fault, code) => {
    await start();
    fake.faults.set("search", fault);
    expect(await failureOf(search())).toMatchObject({ code });
  });

  it("a bad token is named", async () => {
    await start();
    const hub = createHub({ endpoint: fake.endpoint, token: "hf_wrong", tokenSource: "HF_TOKEN" });
    const first = searchModels(hub, { words: "", sort: "likes", pageSize: 1 }).next();
    expect(await failureOf(first)).toMatchObject({ code: "bad-token", facts: { source: "HF_TOKEN" } });
  });
});
