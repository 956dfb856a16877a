// Files that did not arrive whole.
import type { DownloadFacts } from "../../errors/download.js";
import type { Entries } from "./entry.js";

export const downloadReports: Entries<DownloadFacts> = {
  "checksum-mismatch": (f) => [
    8,
    `${f.file} arrived damaged`,
    `sha256 expected ${f.expected}, got ${f.actual}. No wrong byte is kept.`,
    "run the same command again",
  ],
  "size-mismatch": (f) => [
    8,
    `${f.file} arrived with the wrong size`,
    `${f.expected} bytes expected, got ${f.actual}. No wrong byte is kept.`,
    "run the same command again",
  ],
  disturbed: (f) => [
    8,
    `the download of ${f.file} was disturbed`,
    `${f.path} ${f.reason}.`,
    "run the same command again",
  ],
};
