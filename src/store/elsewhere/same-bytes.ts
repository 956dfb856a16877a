// Files on this disk that may be the one about to be downloaded.
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Elsewhere } from "../../config/elsewhere.js";
import type { Bytes, Sha256 } from "../../model/types.js";
import { hasLinkAbove, peek } from "../files.js";
import { RepoLayout } from "../layout.js";
import { reposIn } from "../scan-repo.js";
import { ggufFiles } from "./gguf-files.js";
import { lmStudioFolders } from "./lm-studio.js";

export interface WantedFile {
  readonly path: string;
  readonly size: Bytes;
  readonly sha256: Sha256;
}

export interface Candidate {
  readonly path: string;
  /** Whose it is: "Ollama's store". */
  readonly where: string;
}

/**
 * Those of the right size, whose name promises the hash or is that of the file; the likeliest first. Whether a candidate
 * has the right bytes, only its hash tells.
 */
export async function* sameBytes(
  wanted: WantedFile,
  hubCache: string,
  elsewhere: Elsewhere,
): AsyncGenerator<Candidate> {
  const fits = async (path: string): Promise<boolean> => {
    const info = await peek(path).catch(() => undefined);
    return info?.isFile() === true && info.size === wanted.size;
  };
  for (const repo of await reposIn(hubCache)) {
    const path = new RepoLayout(hubCache, repo).blob({ sha256: wanted.sha256, gitOid: "" });
    if ((await fits(path)) && !(await hasLinkAbove(hubCache, path))) yield { path, where: `${repo} in this cache` };
  }
  for (const folder of elsewhere.ollama) {
    const root = await realpath(folder).catch(() => folder);
    const path = join(root, "blobs", `sha256-${wanted.sha256}`);
    if ((await fits(path)) && !(await hasLinkAbove(root, path))) yield { path, where: "Ollama's store" };
  }
  const name = wanted.path.slice(wanted.path.lastIndexOf("/") + 1);
  for (const folder of await lmStudioFolders(elsewhere.lmStudio)) {
    yield* named(await ggufFiles(folder), (path) => path.endsWith(`/${name}`), wanted.size, "LM Studio's folder");
  }
  for (const folder of elsewhere.llamaCpp) {
    // It puts the repository before the name: org_repo_file.gguf.
    const isIt = (path: string) => path === name || path.endsWith(`_${name}`);
    yield* named(await ggufFiles(folder), isIt, wanted.size, "llama.cpp's cache");
  }
}

function* named(
  files: Awaited<ReturnType<typeof ggufFiles>>,
  isIt: (path: string) => boolean,
  size: Bytes,
  where: string,
): Generator<Candidate> {
  for (const file of files) if (file.size === size && isIt(file.path)) yield { path: file.at, where };
}
