// Which proxy an address is asked through: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in capitals or not.
import { getProxyForUrl } from "proxy-from-env";
import { OslmError } from "../errors.js";

/**
 * The proxy for this address, undefined for none. Reads this process's environment, as proxy-from-env does: only the
 * edge may call it. Throws `usage` for a proxy that cannot be used, without what may be a password.
 */
export function proxyFor(url: URL): URL | undefined {
  const found = withScheme(getProxyForUrl(url.href));
  if (found === "") return undefined;
  const proxy = URL.canParse(found) ? new URL(found) : undefined;
  if (proxy === undefined || proxy.hostname === "" || !canDecode(proxy.username + proxy.password)) {
    throw refusal(`the proxy for ${url.protocol}// addresses is not a URL such as http://proxy.example:3128`);
  }
  if (proxy.protocol === "http:" || proxy.protocol === "https:") return proxy;
  throw refusal(`proxies of the kind ${proxy.protocol}// are not supported, only http:// and https://`);
}

/** Where there is no scheme, proxy-from-env takes that of the address; curl and Python's requests take http. */
function withScheme(found: string): string {
  const rest = found.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "");
  const isBare = Object.entries(process.env).some(
    ([name, value]) => /^(https?|all)_proxy$/i.test(name) && value === rest && rest !== "",
  );
  return isBare ? `http://${rest}` : found;
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function refusal(problem: string): OslmError<"usage"> {
  const detail = "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY says so.";
  return new OslmError("usage", { problem, detail, help: "correct the variable, or exclude the host by NO_PROXY" });
}
