// A saved conversation from text that anybody could have written.
import { parseObject } from "../model/parse-object.js";
import type { SavedChat, SavedTurn, ShownImage } from "../model/saved-chat.js";

/** Of the form of the file; a later one is not guessed at. */
const VERSION = 1;

/** The text of a file. */
export function encodeChat(chat: SavedChat): string {
  return `${JSON.stringify({ oslmChat: VERSION, ...chat }, null, 1)}\n`;
}

/** The conversation; a reason when the text is none. */
export function decodeChat(text: string): SavedChat | string {
  const value = parseObject(text);
  if (value === undefined) return "it is not JSON, or cut off";
  if (value.oslmChat !== VERSION) return `it is not of the form that this oslm writes (${VERSION})`;
  const { model, updatedAt, system, settings, forgotten, turns } = value;
  if (!isObject(model) || typeof model.ref !== "string" || !isTextOrNull(model.commit)) return "it names no model";
  if (typeof updatedAt !== "string" || Number.isNaN(Date.parse(updatedAt))) return "it has no time";
  if (!isTextOrNull(system)) return "its system prompt is no text";
  if (!isObject(settings)) return "its settings make no sense";
  if (!Array.isArray(turns) || !turns.every(isTurn)) return "its questions and answers make no sense";
  if (!isCount(forgotten) || forgotten > turns.length) return "what it has forgotten makes no sense";
  const known = turns.map(({ question, images, answer, thinking, thoughtMs, ending }) => {
    const shown = images?.map(({ file, sha256 }) => ({ file, sha256 }));
    return { question, ...(shown && { images: shown }), answer, thinking, thoughtMs, ending };
  });
  return { model: { ref: model.ref, commit: model.commit }, updatedAt, system, settings, forgotten, turns: known };
}

const ENDINGS: readonly unknown[] = ["stop", "length", "cancelled", null] satisfies SavedTurn["ending"][];

function isTurn(value: unknown): value is SavedTurn {
  if (!isObject(value)) return false;
  const texts = [value.question, value.answer, value.thinking];
  const { images = [] } = value;
  if (!Array.isArray(images) || !images.every(isImage)) return false;
  return texts.every((text) => typeof text === "string") && isCount(value.thoughtMs) && ENDINGS.includes(value.ending);
}

function isImage(value: unknown): value is ShownImage {
  return isObject(value) && typeof value.file === "string" && /^[0-9a-f]{64}$/.test(String(value.sha256));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
