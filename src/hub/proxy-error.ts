// What went wrong between here and a proxy. Its address is shown, its password never.
import { OslmError } from "../errors.js";
import { meaningOf, shownUrl } from "./network-error.js";

/** For a connection that broke before the proxy had answered. */
export function proxyUnreachable(url: URL, proxy: string, thrown: unknown): OslmError<"network"> {
  const { reason, kind } = meaningOf(thrown);
  const facts = { url: shownUrl(url.href), reason: `the proxy ${proxy} cannot be reached: ${reason}` };
  return new OslmError("network", kind === undefined ? facts : { ...facts, kind: "proxy" }, { cause: thrown });
}

/** For a proxy that does not let the request through. */
export function proxyRefusal(url: URL, proxy: string, status: number): OslmError<"network"> {
  const shown = shownUrl(url.href);
  // A gateway's own trouble with the server, which may pass.
  if (status >= 500) {
    return new OslmError("network", { url: shown, reason: `the proxy ${proxy} does not reach the server (${status})` });
  }
  const reason =
    status === 407
      ? `the proxy ${proxy} asks for a user name and password, or does not accept the given ones (407)`
      : `the proxy ${proxy} refuses the connection (${status})`;
  return new OslmError("network", { url: shown, reason, kind: "proxy" });
}
