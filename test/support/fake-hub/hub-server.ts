// The Hub's own host: which address gives what.
import { fileJson, modelJson, parsePathsInfo, refsJson, treeJson } from "./api.js";
import type { FakeFile } from "./content.js";
import type { FaultBook } from "./faults.js";
import { BAD_TOKEN, NO_ENTRY, NO_REPO, NO_USER, noRevision, refuseContents, refuseLook } from "./refusal.js";
import type { Revision, StoredRepo } from "./repo.js";
import { searchJson } from "./search.js";
import { type Exchange, sendContent, sendFault, sendJson, sendRedirect, sendRefusal } from "./send.js";
import type { Fault } from "./types.js";

export interface HubState {
  readonly repos: ReadonlyMap<string, StoredRepo>;
  readonly faults: FaultBook;
  readonly token: string | undefined;
  readonly pageSize: number;
  readonly blobs: boolean;
  readonly endpoint: () => string;
  /** A signed address of a large file on the CDN. */
  readonly sign: (repo: string, file: FakeFile) => string;
}

const TEXT = "text/plain; charset=utf-8";

export async function answerHub(state: HubState, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const url = new URL(request.url ?? "/", state.endpoint());
  const segments = url.pathname.split("/").slice(1).map(decodeSegment);
  response.setHeader("x-request-id", "Root=1-fake");
  setRateLimit(exchange, segments);
  const route = parseRoute(segments);
  const isSearch = url.pathname === "/api/models";
  const fault = state.faults.take(isSearch ? ["search", "*"] : faultKeys(route), "hub", "reply");
  if (fault !== undefined && (await sendFault(exchange, fault))) return;

  const { authorization } = request.headers;
  // A bad token is refused on any request, for public repositories too.
  if (authorization !== undefined && (state.token === undefined || authorization !== `Bearer ${state.token}`)) {
    return sendRefusal(exchange, BAD_TOKEN);
  }
  const signedIn = authorization !== undefined;
  if (url.pathname === "/api/whoami-v2") return signedIn ? sendJson(exchange, WHO) : sendRefusal(exchange, NO_USER);
  if (isSearch) {
    const all = searchJson([...state.repos.values()], url.searchParams, signedIn);
    return sendPage(state, exchange, { url, entries: all, fault, keys: ["search", "*"] });
  }
  if (route === undefined) return sendRefusal(exchange, { status: 404, message: "Sorry, we can't find the page." });
  // Ids must not be encoded as org%2Fname.
  if (route.id.split("/").length !== 2) return sendRefusal(exchange, { status: 400, message: "Invalid repo name" });

  const renamed = [...state.repos.values()].find(({ now }) => now.renamedFrom === route.id);
  if (renamed !== undefined && !state.repos.has(route.id) && refuseLook(renamed, signedIn) === undefined) {
    // Relative, and the rest of the address as it was.
    const location = request.url?.replace(`/${route.id}`, `/${renamed.now.id}`);
    return sendRedirect(exchange, 307, { location });
  }
  const stored = state.repos.get(route.id);
  const refusal = refuseLook(stored, signedIn);
  if (refusal !== undefined || stored === undefined) return sendRefusal(exchange, refusal ?? NO_REPO);
  // License texts of gated repositories are open to all.
  const isOpen = /^(?:licen[cs]e|notice|use_policy)[^/]*$/i.test(route.path);
  if (["resolve", "raw", "resolve-cache", "auth-check"].includes(route.kind) && !isOpen) {
    const refused = refuseContents(stored, signedIn, state.endpoint());
    if (refused !== undefined) return sendRefusal(exchange, refused);
  }
  const found = stored.find(route.revision);
  if (found === undefined) return sendRefusal(exchange, noRevision(route.revision));
  response.setHeader("x-repo-commit", found.commit);
  if (route.kind === "resolve" || route.kind === "raw" || route.kind === "resolve-cache") {
    return answerFile(state, exchange, route, found);
  }
  return answerApi(state, exchange, { url, route, stored, found, fault });
}

const WHO = {
  type: "user",
  id: "0123456789abcdef01234567",
  name: "someone",
  orgs: [],
  auth: { type: "access_token", accessToken: { displayName: "test", role: "read" } },
};

type Kind = "info" | "tree" | "paths-info" | "refs" | "auth-check" | "resolve" | "raw" | "resolve-cache";

interface Route {
  readonly kind: Kind;
  readonly id: string;
  readonly revision: string;
  /** Of the file or folder; "" for none. */
  readonly path: string;
}

function parseRoute(segments: readonly string[]): Route | undefined {
  const [first, second, third, fourth, kind, revision = "main", ...rest] = segments;
  const path = rest.join("/");
  if (first === "api" && second === "resolve-cache" && third === "models") {
    const [, , , org, name, commit = "", ...file] = segments;
    return { kind: "resolve-cache", id: `${org}/${name}`, revision: commit, path: file.join("/") };
  }
  if (first === "api" && second === "models" && third !== undefined) {
    if (third.includes("/")) return { kind: "info", id: `${third}/`, revision: "main", path: "" };
    const id = `${third}/${fourth ?? ""}`;
    if (kind === undefined || kind === "revision") return { kind: "info", id, revision, path };
    if (kind === "tree" || kind === "paths-info") return { kind, id, revision, path };
    if (kind === "refs" || kind === "auth-check") return { kind, id, revision: "main", path: "" };
    return undefined;
  }
  const [org, name, verb, rev = "", ...file] = segments;
  if (verb !== "resolve" && verb !== "raw") return undefined;
  return { kind: verb, id: `${org}/${name}`, revision: rev, path: file.join("/") };
}

/** What faults may be set for, most special first. */
function faultKeys(route: Route | undefined): readonly string[] {
  if (route === undefined) return ["*"];
  const { kind, id, path } = route;
  return kind === "resolve" || kind === "raw" || kind === "resolve-cache"
    ? [`${id}/${path}`, path, "*"]
    : [`${id}:${kind}`, id, "*"];
}

interface ApiCall {
  readonly url: URL;
  readonly route: Route;
  readonly stored: StoredRepo;
  readonly found: Revision;
  readonly fault: Fault | undefined;
}

async function answerApi(state: HubState, exchange: Exchange, call: ApiCall): Promise<void> {
  const { url, route, stored, found, fault } = call;
  const query = url.searchParams;
  const send = (value: unknown, headers = {}) => {
    const replaced = fault !== undefined && "json" in fault ? fault.json : value;
    return sendJson(exchange, replaced, headers, state.faults.take(faultKeys(route), "hub", "body"));
  };
  switch (route.kind) {
    case "info":
      if (query.has("blobs") && query.has("expand")) {
        return sendRefusal(exchange, { status: 400, message: "expand cannot be combined with blobs" });
      }
      return send(modelJson(stored, found, query, state.blobs));
    case "refs":
      return send(refsJson(stored));
    case "paths-info": {
      const asked = parsePathsInfo(await bodyText(exchange), exchange.request.headers["content-type"] ?? "");
      const files = found.files.filter(({ path }) => asked.paths.includes(path));
      const entries = files.map((file) => fileJson(file, found.commit, asked.expand));
      return send(fault !== undefined && "entries" in fault ? fault.entries : entries);
    }
    case "tree": {
      const entries = treeJson(found, route.path, query);
      if (entries === undefined) return sendRefusal(exchange, NO_ENTRY);
      return sendPage(state, exchange, { url, entries, fault, keys: faultKeys(route) });
    }
    default:
      return send({});
  }
}

interface Listing {
  readonly url: URL;
  readonly entries: readonly unknown[];
  readonly fault: Fault | undefined;
  readonly keys: readonly string[];
}

async function sendPage(state: HubState, exchange: Exchange, { url, entries, fault, keys }: Listing): Promise<void> {
  const query = url.searchParams;
  const from = Number(Buffer.from(query.get("cursor") ?? "", "base64url").toString() || 0);
  const to = from + Math.min(Number(query.get("limit") ?? state.pageSize), state.pageSize);
  const next = nextPage(url, to < entries.length ? to : undefined, fault);
  const page = fault !== undefined && "entries" in fault ? fault.entries : entries.slice(from, to);
  const value = fault !== undefined && "json" in fault ? fault.json : page;
  const link = next === undefined ? {} : { link: `<${next}>; rel="next"` };
  return sendJson(exchange, value, link, state.faults.take(keys, "hub", "body"));
}

/** The absolute address of the next page, if any. */
function nextPage(url: URL, at: number | undefined, fault: Fault | undefined): string | undefined {
  if (fault?.link !== undefined) return fault.link === "self" ? url.href : fault.link;
  if (at === undefined || (fault !== undefined && "entries" in fault)) return undefined;
  const next = new URL(url);
  next.searchParams.set("cursor", Buffer.from(String(at)).toString("base64url"));
  return next.href;
}

async function answerFile(
  state: HubState,
  exchange: Exchange,
  route: Route,
  { commit, files }: Revision,
): Promise<void> {
  const file = files.find(({ path }) => path === route.path);
  if (file === undefined) return sendRefusal(exchange, NO_ENTRY);
  const etag = `"${file.oid}"`;
  const body = () => state.faults.take(faultKeys(route), "hub", "body");
  if (route.kind === "raw") {
    const content = file.lfs?.pointer ?? file.content;
    return sendContent(exchange, content, { "content-type": TEXT, etag }, body());
  }
  if (file.lfs !== undefined) {
    // On this reply only, and no ETag beside it.
    const headers = { "x-linked-etag": `"${file.lfs.sha256}"`, "x-linked-size": file.size };
    return sendRedirect(exchange, 302, { ...headers, location: state.sign(route.id, file) });
  }
  if (exchange.request.headers["if-none-match"] === etag) {
    exchange.response.writeHead(304, { etag }).end();
    return;
  }
  if (route.kind === "resolve-cache")
    return sendContent(exchange, file.content, { "content-type": TEXT, etag }, body());
  const path = route.path.split("/").map(encodeURIComponent).join("/");
  const cached = `/api/resolve-cache/models/${route.id}/${commit}/${path}`;
  const original = encodeURIComponent(exchange.request.url ?? "");
  return sendRedirect(exchange, 307, { location: `${cached}?${original}=&etag=${encodeURIComponent(etag)}` });
}

async function bodyText({ request }: Exchange): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString();
}

function setRateLimit({ response }: Exchange, segments: readonly string[]): void {
  const resolves = segments.includes("resolve") || segments.includes("resolve-cache");
  const [bucket, quota] = resolves ? ["resolvers", 3000] : segments[0] === "api" ? ["api", 500] : ["pages", 100];
  response.setHeader("ratelimit", `"${bucket}";r=${Number(quota) - 1};t=300`);
  response.setHeader("ratelimit-policy", `"fixed window";"${bucket}";q=${quota};w=300`);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
