// A home with many stored models, each of a few bytes.
import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sha256 } from "../../src/model/types.js";
import { writeIndex } from "../../src/store/index-file.js";

/** Wherever this environment keeps its models: they are not what is measured. */
export const OWN_FOLDERS = {
  HF_HOME: "",
  HF_HUB_CACHE: "",
  HUGGINGFACE_HUB_CACHE: "",
  XDG_CACHE_HOME: "",
  XDG_STATE_HOME: "",
  OSLM_HOME: "",
};

/** Puts `count` models into the cache below `home`, and into oslm's list: `org-3/model-43-GGUF:Q8_0` and so on. */
export async function storeModels(home: string, count: number): Promise<void> {
  const models = Array.from({ length: count }, (_, index) => {
    const repo = `org-${index % 40}/model-${index}-GGUF`;
    const commit = createHash("sha1").update(repo).digest("hex");
    const sha256 = createHash("sha256").update(repo).digest("hex") as Sha256;
    const root = join(home, ".cache/huggingface/hub", `models--${repo.replace("/", "--")}`);
    const snapshot = join(root, "snapshots", commit);
    for (const folder of [join(root, "blobs"), join(root, "refs"), snapshot]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(root, "blobs", sha256), repo);
    writeFileSync(join(root, "refs/main"), commit);
    symlinkSync(`../../blobs/${sha256}`, join(snapshot, "m-Q8_0.gguf"));
    const name = `${repo}:Q8_0`;
    const files = [{ path: "m-Q8_0.gguf", size: repo.length, sha256 }];
    const path = join(snapshot, "m-Q8_0.gguf");
    const license = { id: "mit", class: "permissive" } as const;
    const addedAt = "2026-01-01T00:00:00.000Z";
    const lastUsedAt = null;
    return {
      name,
      ref: repo,
      repo,
      commit,
      quant: "Q8_0",
      size: repo.length,
      path,
      files,
      license,
      addedAt,
      lastUsedAt,
    };
  });
  const state = join(home, ".local/state/oslm");
  mkdirSync(state, { recursive: true });
  await writeIndex(join(state, "index.json"), models);
}
