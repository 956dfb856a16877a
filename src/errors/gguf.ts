// GGUF files, by their headers.

export interface GgufFacts {
  "malformed-gguf": {
    file: string;
    reason: string /** The command that shows what else there is. */;
    instead?: string;
  };
  /** What `general.architecture` of the file says, and whose list it is not on. */
  "unknown-architecture": {
    file: string;
    architecture: string;
    engine: string;
    /** The command that goes on all the same; null where there is none. */
    force: string | null;
  };
  "bad-template": { file: string; reason: string };
}
