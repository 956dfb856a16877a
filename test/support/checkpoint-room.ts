// A home and a Hub on loopback with one repository, which holds a checkpoint and no GGUF file.
import { checkpointFiles } from "./checkpoint-repo.js";
import { type FakeHub, type FakeRepo, type RecordedRequest, startFakeHub } from "./fake-hub.js";
import { Home } from "./oslm.js";

export const FILES = checkpointFiles();

export interface CheckpointRoom {
  readonly home: Home;
  readonly hub: FakeHub;
  /** Requests for files of weights. */
  weights(): readonly RecordedRequest[];
  /** What is in the Hugging Face cache. */
  inCache(): readonly string[];
  close(): Promise<void>;
}

/** The repository is org/Tiny. */
export async function openCheckpointRoom(
  files: FakeRepo["files"] = FILES,
  { bytesPerSecond, ...more }: Partial<FakeRepo> & { readonly bytesPerSecond?: number } = {},
): Promise<CheckpointRoom> {
  const repo = { id: "org/Tiny", card: { license: "apache-2.0" }, ...more, files };
  const hub = await startFakeHub({ repos: [repo], token: "hf_right", ...(bytesPerSecond && { bytesPerSecond }) });
  const home = new Home({ HF_ENDPOINT: hub.endpoint });
  return {
    ...{ home, hub },
    weights: () => hub.requests.filter(({ path, host }) => host === "cdn" || /\.(safetensors|bin|pt)$/.test(path)),
    inCache: () => home.files().filter((file) => file.includes("huggingface")),
    close: async () => {
      await hub.close();
      home.remove();
    },
  };
}
