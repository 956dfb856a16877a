// The real world: this machine, this environment, the Hub that HF_ENDPOINT names.
import { lstatSync, readFileSync, realpathSync } from "node:fs";
import { cpus, homedir, hostname, userInfo } from "node:os";
import { join } from "node:path";
import type { HostEffects } from "../app/fit/see-host.js";
import type { BrokenLines, World } from "../app/world.js";
import { resolveElsewhere } from "../config/elsewhere.js";
import { checkToken, type HubEnv, readHubEnv } from "../config/hub-env.js";
import { resolvePaths } from "../config/paths.js";
import { promptCacheIn } from "../config/prompt-cache.js";
import type { Rebuilt } from "../store/model-index.js";
import type { GlobalFlags } from "./flags.js";
import { version } from "./version.js";

/** What the system says of a process with this environment: on Unix its HOME, where it has one. */
function homeIn({ HOME }: NodeJS.ProcessEnv): string {
  return process.platform !== "win32" && HOME ? HOME : homedir();
}

/** Nothing is opened, probed or loaded here; each part is made once, when first asked for. */
export function createWorld(
  env: NodeJS.ProcessEnv,
  flags: GlobalFlags,
  signal: AbortSignal,
  tell?: (news: Rebuilt) => void,
  tellOfLedger: (news: BrokenLines) => void = () => {},
): World {
  const home = homeIn(env);
  const paths = resolvePaths(env, home, process.platform);
  const hubEnv = readHubEnv(env, paths.tokenFile, (path) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  });
  const offline = flags.offline === true || hubEnv.offline;
  const hubWith = async (settings: HubEnv) => {
    const { createHub } = await import("../hub/hub.js");
    if (settings.token !== undefined) checkToken(settings.token, settings.tokenSource ?? "");
    const { proxyFor } = await import("../config/proxy.js");
    return createHub({ ...settings, offline, proxyFor });
  };
  // The working directory is known without links.
  const here = () => ({ cwd: process.cwd(), home: realPath(home), platform: process.platform, exists: isThere });
  const loads = once(async () => new (await import("../store/load-log.js")).LoadLog(join(paths.state, "loads.jsonl")));
  const now = () => new Date();
  return {
    signal,
    offline,
    endpoint: hubEnv.endpoint,
    home,
    state: paths.state,
    elsewhere: resolveElsewhere(env, home, process.platform),
    now,
    hub: once(() => hubWith(hubEnv)),
    hubAs: (identity) => hubWith({ ...hubEnv, ...identity }),
    token: {
      source: hubEnv.tokenSource,
      file: paths.tokenFile,
      write: async (token) => (await import("../config/token-file.js")).writeToken(paths.tokenFile, token),
      remove: async () => (await import("../config/token-file.js")).removeToken(paths.tokenFile),
    },
    ledger: ledgerIn(paths.state, tellOfLedger),
    store: once(async () => {
      const { Store } = await import("../store/store.js");
      return new Store(paths, tell);
    }),
    evidence: once(async () => new (await import("../store/evidence-folder.js")).EvidenceFolder(paths.state)),
    engine: once(async () => {
      const { createLlamaEngine } = await import("../runtime/llama/engine.js");
      return createLlamaEngine();
    }),
    images: once(async () => {
      const { createImageEngine } = await import("../runtime/images/image-engine.js");
      const { partPlaces } = await import("../runtime/images/part.js");
      return createImageEngine(partPlaces(paths.data, import.meta.url));
    }),
    promptCache: () => promptCacheIn(paths.cache, env),
    loads,
    overlays: async ({ kept }) => {
      const { policyPlaces } = await import("../config/policy-places.js");
      const files = policyPlaces(env, flags.policy, here());
      if (files.length === 0) return [];
      const { loadOverlays } = await import("../app/names/load-overlays.js");
      const folder = join(paths.cache, "catalogs");
      return loadOverlays({ paths: files, cwd: process.cwd(), folder, hub: () => hubWith(hubEnv), signal, kept });
    },
    policy: once(async () => {
      const { policyPlaces } = await import("../config/policy-places.js");
      const { loadPolicy } = await import("../app/license/load-policy.js");
      return loadPolicy(policyPlaces(env, flags.policy, here()), process.cwd(), new Date());
    }),
    project: once(async () => {
      const { projectPlaces } = await import("../config/policy-places.js");
      const { loadProject } = await import("../app/load-project.js");
      return loadProject(projectPlaces(here()), process.cwd(), hubEnv.endpoint);
    }),
    machine: flags,
    ...lazyHost(async () => {
      const { seeHost } = await import("../app/fit/see-host.js");
      const { BandwidthFile } = await import("../store/bandwidth-file.js");
      const kept = new BandwidthFile(join(paths.state, "bandwidth.json"));
      return seeHost(flags, { probe, measureBandwidth, cpu: cpus()[0]?.model ?? "unknown", kept, loads, now });
    }),
  };
}

function lazyHost(make: () => Promise<Pick<World, "host" | "hostNow">>): Pick<World, "host" | "hostNow"> {
  const seen = once(make);
  return {
    host: async (wants) => (await seen()).host(wants),
    hostNow: async () => (await seen()).hostNow(),
  };
}

const probe = async () => (await import("../fit/probe/host.js")).probeHost();

const measureBandwidth: HostEffects["measureBandwidth"] = async (cores, ramAvailable) =>
  (await import("../fit/probe/bandwidth.js")).measureBandwidth(cores, ramAvailable);

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** What may not be looked at may be there. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ENOTDIR");
  }
}

function ledgerIn(state: string, tell: World["ledger"]["tell"]): World["ledger"] {
  const file = join(state, "license-acceptances.jsonl");
  const access = () => import("../config/ledger-file.js");
  return {
    file,
    read: async () => (await access()).readLedgerFile(file),
    add: async (line) => (await access()).addToLedgerFile(file, line),
    author: () => ({ user: userName(), host: hostname() || "unknown", version }),
    tell,
  };
}

/** Containers may run as a user that has no name. */
function userName(): string {
  try {
    return userInfo().username || "unknown";
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
