// What oslm and the process that reads images say to each other: lines of JSON, to it on its input, from it on its file 3. Its output
// belongs to the library, which writes its log there.
import type { Bytes } from "../../model/types.js";
import type { Grammar, ImageLoadOptions, Sampling } from "../engine.js";

/** Stands for an image in a prompt (MTMD_DEFAULT_MEDIA_MARKER). */
export const IMAGE_MARK = "<__media__>";

interface ToldPrompt {
  readonly text: string;
  /** As data: URLs: a path could name another file by then. */
  readonly images: readonly string[];
  /** Memory that decoding them takes at most. */
  readonly decoding: Bytes;
  readonly bosToken: string;
}

export type ToChild =
  | ({ readonly is: "load"; readonly entry: string } & ImageLoadOptions)
  | ({ readonly is: "count" } & ToldPrompt)
  | ({
      readonly is: "ask";
      readonly sampling: Sampling;
      readonly grammar?: Grammar;
      readonly maxTokens?: number;
      readonly stop: readonly string[];
    } & ToldPrompt)
  /** Ends the answer that is being given. */
  | { readonly is: "stop" };

export type FromChild =
  | { readonly is: "loaded" }
  /** The prompt's tokens, those of its images included. */
  | { readonly is: "read"; readonly tokens: number; readonly fits: boolean }
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "done"; readonly finishReason: "stop" | "length"; readonly tokens: number }
  | {
      readonly is: "failed";
      readonly in: "part" | "model" | "projector" | "images" | "memory" | "answer";
      readonly reason: string;
      /** Which of the images, where one alone fails. */
      readonly at?: number;
    };

/** A line of the child, which native code may have spoiled; undefined for what is none. */
export function parseLine(line: string): FromChild | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const all = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const text = (key: string): boolean => typeof all[key] === "string";
  const count = (key: string): boolean => Number.isSafeInteger(all[key]) && Number(all[key]) >= 0;
  const right: Readonly<Record<FromChild["is"], boolean>> = {
    loaded: true,
    read: count("tokens") && typeof all.fits === "boolean",
    text: text("text"),
    done: count("tokens") && (all.finishReason === "stop" || all.finishReason === "length"),
    failed: text("in") && text("reason") && (all.at === undefined || count("at")),
  };
  return typeof all.is === "string" && Object.hasOwn(right, all.is) && right[all.is as FromChild["is"]]
    ? (all as unknown as FromChild)
    : undefined;
}
