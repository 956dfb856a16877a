// Which conversation a chat goes on with.

import { isOslmError, OslmError } from "../../errors.js";
import type { SavedChat } from "../../model/saved-chat.js";
import type { ChatFolder } from "../../store/chat-folder.js";
import type { ChatOptions } from "../chat-flags.js";

export interface Beginning {
  /** Where it is kept. */
  readonly name: string;
  /** Undefined for a new one. */
  readonly saved: SavedChat | undefined;
}

/**
 * @param warn told of conversations that cannot be read and are passed over
 * @throws OslmError usage, no-chat, bad-chat
 */
export function beginning(
  folder: ChatFolder,
  { session, continue: goOn = false }: ChatOptions,
  ref: string,
  warn: (text: string) => void,
): Beginning {
  if (session !== undefined && goOn) {
    throw new OslmError("usage", {
      problem: "--continue and --session exclude each other",
      detail: "Both say which conversation goes on.",
      help: "use one of them",
    });
  }
  if (session !== undefined) {
    if (!folder.isName(session)) {
      throw new OslmError("usage", {
        problem: `"${session}" cannot be the name of a conversation`,
        detail: "A name has up to 64 letters, digits, dots, hyphens and underscores.",
        help: "--session recipes",
      });
    }
    return { name: session, saved: folder.names().includes(session) ? folder.open(session) : undefined };
  }
  return (goOn && latest(folder, ref, warn)) || { name: folder.newName(), saved: undefined };
}

function latest(folder: ChatFolder, ref: string, warn: (text: string) => void): Beginning {
  for (const name of folder.names()) {
    try {
      if (folder.read(name).model.ref === ref) return { name, saved: folder.open(name) };
    } catch (error) {
      if (!isOslmError(error, "bad-chat")) throw error;
      warn(`the saved conversation ${name} cannot be read and is passed over: ${error.facts.reason}`);
    }
  }
  throw new OslmError("no-chat", { name: "", suggestions: [], ref });
}
