// How to reach the Hub, from the environment: endpoint, token, offline, patience. The same variables as huggingface_hub.
import { OslmError } from "../errors.js";
import type { Milliseconds } from "../model/types.js";
import type { Env } from "./paths.js";

export interface HubEnv {
  /** http(s) URL without a trailing slash. */
  readonly endpoint: string;
  readonly offline: boolean;
  /** As it was found: `checkToken` before it is used. */
  readonly token?: string;
  /** Where the token came from, for messages: a variable's name or a file's path. */
  readonly tokenSource?: string;
  /** The longest silence of a server; not given when the environment says nothing. */
  readonly stallMs?: Milliseconds;
}

export const DEFAULT_ENDPOINT = "https://huggingface.co";

/** Values that huggingface_hub's constants.py takes for true. */
const TRUE = new Set(["1", "ON", "YES", "TRUE"]);

/**
 * Reads the Hub's part of the environment. `readFile` gives a file's text, or undefined when it cannot be read.
 * Throws `usage` for an endpoint or time that cannot be used.
 */
export function readHubEnv(env: Env, tokenFile: string, readFile: (path: string) => string | undefined): HubEnv {
  const token = isTrue(env.HF_HUB_DISABLE_IMPLICIT_TOKEN) ? {} : findToken(env, tokenFile, readFile);
  return {
    endpoint: parseEndpoint(env.HF_ENDPOINT ?? ""),
    offline: isTrue(env.HF_HUB_OFFLINE) || isTrue(env.TRANSFORMERS_OFFLINE),
    ...token,
    ...stallTime(env.HF_HUB_DOWNLOAD_TIMEOUT?.trim() ?? ""),
  };
}

/** A day; timers hold no more than 24 of them. */
const LONGEST_STALL_SECONDS = 86_400;

function stallTime(text: string): Pick<HubEnv, "stallMs"> {
  if (text === "") return {};
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds > 0 && seconds <= LONGEST_STALL_SECONDS) return { stallMs: seconds * 1_000 };
  throw new OslmError("usage", {
    problem: `HF_HUB_DOWNLOAD_TIMEOUT is not a number of seconds: ${text}`,
    detail: `It may be from above 0 to ${LONGEST_STALL_SECONDS}; it is 30 when it is not set.`,
    help: "HF_HUB_DOWNLOAD_TIMEOUT=60 oslm ...",
  });
}

function isTrue(value: string | undefined): boolean {
  return TRUE.has((value ?? "").toUpperCase());
}

function parseEndpoint(text: string): string {
  if (text === "") return DEFAULT_ENDPOINT;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new OslmError("usage", {
      problem: `HF_ENDPOINT is not an http(s) URL: ${text}`,
      detail: `It is the address of the Hub or of a mirror; ${DEFAULT_ENDPOINT} when it is not set.`,
      help: `HF_ENDPOINT=${DEFAULT_ENDPOINT} oslm ...`,
    });
  }
  // A password would go into messages, and a query or fragment would end up in the middle of every address.
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new OslmError("usage", {
      problem: "HF_ENDPOINT must not hold a user name, a query or a fragment",
      detail: "They would end up in the middle of every address; a token goes into HF_TOKEN.",
      help: `HF_ENDPOINT=${url.origin} oslm ...`,
    });
  }
  return url.href.replace(/\/+$/, "");
}

function findToken(
  env: Env,
  tokenFile: string,
  readFile: (path: string) => string | undefined,
): Pick<HubEnv, "token" | "tokenSource"> {
  // HUGGING_FACE_HUB_TOKEN is the old name; huggingface_hub still reads it second.
  for (const name of ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"]) {
    const token = env[name]?.trim();
    if (token) return { token, tokenSource: name };
  }
  const token = readFile(tokenFile)?.trim();
  return token ? { token, tokenSource: tokenFile } : {};
}

/**
 * The token itself where it can be one: a line break or a letter outside ASCII cannot stand in a header. Throws `usage`,
 * which does not repeat it.
 */
export function checkToken(token: string, source: string): string {
  if (/^[\x21-\x7e]{1,4096}$/.test(token)) return token;
  throw new OslmError("usage", {
    problem: `the token in ${source} holds characters that no token has`,
    detail: "It is not sent anywhere.",
    help: /^H[A-Z_]+$/.test(source) ? `copy the token to ${source} again, all of it` : "oslm auth login",
  });
}
