// Whose token it is.
import { OslmError } from "../errors.js";
import type { Http } from "./http.js";
import { replyError } from "./reply-error.js";

/** A few kilobytes with all organizations of a person. */
const MAX_BYTES = 1024 * 1024;

/** The name of the token's account. Throws `bad-token`, `malformed-reply`, and what `http.send` throws. */
export async function whoAmI(http: Http, signal?: AbortSignal): Promise<string> {
  const reply = await http.send({ url: `${http.endpoint}/api/whoami-v2`, signal, redirects: "own-origin" });
  const { url, status } = reply;
  // The table of errors is about repositories; without a token the Hub says 401 here too.
  if (status === 401 || status === 403) {
    await reply.discard();
    throw new OslmError("bad-token", { endpoint: http.endpoint, source: http.tokenSource });
  }
  if (!reply.ok) throw await replyError(http, reply, { repo: "" });
  const name = nameIn(new TextDecoder().decode(await reply.bytes(MAX_BYTES)));
  if (name !== undefined) return name;
  throw new OslmError("malformed-reply", { url, reason: "does not say whose token it is" });
}

function nameIn(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    const name = typeof value === "object" && value !== null && "name" in value ? value.name : undefined;
    // It is printed: letters of names only (the Hub has 2 to 42 of them).
    return typeof name === "string" && /^[\w.-]{1,96}$/.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}
