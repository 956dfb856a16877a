// A home and a Hub on loopback with one repository, which holds a checkpoint and no GGUF file.
import { checkpointFiles } from "./checkpoint-repo.js";
import { type FakeHub, type FakeRepo, type RecordedRequest, startFakeHub } from "./fake-hub.js";
import { Home, type Result } from "./oslm.js";

export const FILES = checkpointFiles();

export interface CheckpointRoom {
  readonly home: Home;
  readonly hub: FakeHub;
  /** Requests for files of weights. */
  weights(): readonly RecordedRequest[];
  /** What is in the Hugging Face cache. */
  inCache(): readonly string[];
  /** Bytes of weights that went over the wire. */
  sent(): number;
  /** Files of the home whose paths match. */
  left(path: RegExp): readonly string[];
  /** What `oslm list --quiet` says. */
  listed(): Promise<string>;
  /** Runs a pull to Q4_K_M, and sends the signal when it has come so far. */
  pullUntil(isSoFar: () => boolean, signal: NodeJS.Signals): Promise<Result>;
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
  const weights = () => hub.requests.filter(({ path, host }) => host === "cdn" || /\.(safetensors|bin|pt)$/.test(path));
  return {
    ...{ home, hub, weights },
    sent: () => weights().reduce((sum, request) => sum + request.sent, 0),
    left: (path) => home.files().filter((file) => path.test(file)),
    listed: async () => (await home.run(["list", "--quiet"])).stdout,
    pullUntil: (isSoFar, signal) =>
      home.run(["pull", "org/Tiny:Q4_K_M"], {
        onStart: (child) => {
          const look = setInterval(() => {
            if (!isSoFar()) return;
            // A second Ctrl-C would not wait.
            clearInterval(look);
            child.kill(signal);
          }, 5);
          child.on("exit", () => clearInterval(look));
        },
      }),
    inCache: () => home.files().filter((file) => file.includes("huggingface")),
    close: async () => {
      await hub.close();
      home.remove();
    },
  };
}
