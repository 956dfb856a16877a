// Saved conversations.
import type { ChatFacts } from "../../errors/chat.js";
import { capitalized } from "../../model/capitalized.js";
import { quoted } from "../../model/quoted.js";
import type { Entries } from "./entry.js";
import { oneOf } from "./words.js";

export const chatReports: Entries<ChatFacts> = {
  "no-chat": (f) => [
    3,
    f.ref === undefined ? `no conversation is saved as ${quoted(f.name)}` : `no conversation with ${f.ref} is saved`,
    f.ref === undefined ? oneOf(f.suggestions, "No saved one has that name.") : "There is none to go on with.",
    f.ref === undefined ? "oslm chat MODEL, then /load   (it lists the saved ones)" : `oslm chat ${quoted(f.ref)}`,
  ],
  "bad-chat": (f) => [
    8,
    `the saved conversation in ${f.path} cannot be read`,
    `${capitalized(f.reason)}.`,
    "mend it or move it away; or begin another with   --session NAME",
  ],
};
