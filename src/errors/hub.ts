// What the Hub has, and what it says that cannot be used.
import type { Verb } from "./verb.js";

export interface HubFacts {
  "repo-not-found": { repo: string; endpoint: string; signedIn: boolean };
  "revision-not-found": { repo: string; revision: string };
  "file-not-in-repo": {
    repo: string;
    path: string /** Those it has, where they are known. */;
    files?: readonly string[];
  };
  "quant-not-found": { repo: string; quant: string; available: readonly string[]; verb?: Verb };
  "no-gguf": { repo: string; formats: readonly string[] /** One that PEFT saved. */; isAdapter?: boolean };
  "unsafe-name": { name: string; reason: string };
  /** `limit`: bytes, where it is longer than that. */
  "malformed-reply": { url: string; reason: string; limit?: number };
  /** A model card of more bytes than that; `url` is where a person can read it. */
  "card-too-large": { repo: string; limit: number; url: string };
}
