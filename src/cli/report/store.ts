// What is stored here, and whether it is as it should be.
import type { StoreFacts } from "../../errors/store.js";
import { capitalized } from "../../model/capitalized.js";
import { quoted } from "../../model/quoted.js";
import type { Entries } from "./entry.js";
import { isAddress, list, NO_FILE, oneOf } from "./words.js";

export const storeReports: Entries<StoreFacts> = {
  "file-not-found": (f) => [
    3,
    f.is === undefined
      ? `there is no ${f.wanted ?? "file"} ${f.path}`
      : `${f.path} is ${f.is === "neither" ? "neither file nor folder" : `a ${f.is}`}`,
    f.is === undefined
      ? isAddress(f.path)
        ? NO_FILE
        : "The path does not exist."
      : `A ${f.wanted ?? "file"} is wanted.`,
    isAddress(f.path) ? "look on the publisher's page for the address that is valid now" : (f.instead ?? "oslm list"),
  ],
  "not-stored": (f) => [
    3,
    `${f.ref} is not on this disk`,
    oneOf(f.suggestions, "No stored model has that name."),
    f.suggestions[0] !== undefined || f.nowhere
      ? "oslm list"
      : `oslm pull ${f.ref}${isAddress(f.ref) ? " --sha256 HEX" : ""}`,
  ],
  "not-elsewhere": (f) => [
    3,
    `${f.id} is not among what other programs have stored here`,
    oneOf(f.suggestions, "No such model was found, or it is known to oslm already."),
    "oslm import   (lists them)",
  ],
  "file-changed": (f) => [
    8,
    `${f.name} is not the file any more that was imported`,
    `${f.path} ${f.reason}.`,
    `oslm import ${quoted(f.path)} --name ${f.name}   to take it as it is now`,
  ],
  "import-gone": (f) => [
    3,
    `the file of ${f.name} is not there`,
    `It was imported from ${f.path}: was it moved, or is its disk not connected?`,
    `oslm import PATH --name ${f.name}   (or oslm rm ${f.name} to forget it)`,
  ],
  "not-intact": (f) => [
    8,
    f.checked === 1
      ? "the file is not whole"
      : `${f.wrong.length} of ${f.checked} files ${f.wrong.length === 1 ? "is" : "are"} not whole`,
    `${list(
      f.wrong.map(({ model, file, state }) => `${state}: ${file} of ${model}`),
      3,
    )}.`,
    f.instead,
  ],
  outdated: (f) => [
    10,
    `${f.models.length} of ${f.checked} ${f.checked === 1 ? "model" : "models"} changed on the Hub`,
    `${list(f.models)}.`,
    f.instead,
  ],
  "newer-index": (f) => [
    8,
    "the list of models was written by a newer oslm",
    `${f.path} has version ${f.version}; this oslm knows version ${f.known} and leaves it as it is.`,
    "use the newer oslm again, or set OSLM_HOME to another folder",
  ],
  "store-damaged": (f) => [
    8,
    `something is wrong with the store: ${f.problems.length} ${f.problems.length === 1 ? "problem" : "problems"}`,
    `${capitalized(list(f.problems, 3))}.`,
    f.instead,
  ],
};
