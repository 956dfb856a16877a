// What the environment says about the way to the network, as it may be shown.
import type { Env } from "./paths.js";

export interface NetworkSettings {
  /** The variables that name proxies, or exceptions from them; without user names and passwords. */
  readonly proxies: readonly { readonly name: string; readonly value: string }[];
  /** The file of further root certificates. */
  readonly caCerts: string | null;
}

/** Reads the variables that `proxyFor` and Node look at. */
export function networkSettings(env: Env): NetworkSettings {
  const names = Object.keys(env).filter((name) => /^(https?|all|no)_proxy$/i.test(name) && env[name] !== "");
  return {
    proxies: names.sort().map((name) => ({ name, value: withoutUser(env[name] ?? "") })),
    caCerts: env.NODE_EXTRA_CA_CERTS || null,
  };
}

/** Everything before the last @ may be a secret, whether or not it is written as it should be. */
function withoutUser(value: string): string {
  return value.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/i, "$1***@");
}
