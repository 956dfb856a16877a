// placeholder
import type { Output } from "../output.js";
import type { FaceParts } from "./face-parts.js";
import { lineChat } from "./line-chat.js";

export const screenChat = (out: Output, parts: FaceParts, ended: AbortSignal): Promise<void> =>
  lineChat(out, parts, ended);
