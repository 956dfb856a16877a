// The host of large files: signed addresses that expire, and no tolerance for the Hub's token.
import { createHash } from "node:crypto";
import type { FakeFile } from "./content.js";
import type { FaultBook } from "./faults.js";
import { type Exchange, sendContent, sendFault } from "./send.js";

export interface Cdn {
  sign(repo: string, file: FakeFile): string;
  expireLinks(): void;
  answer(exchange: Exchange): Promise<void>;
}

/** Seconds that a signed address is good for. */
const LIFETIME = 3600;

/** @param bytesPerSecond of each connection, unless a fault says otherwise */
export function createCdn(faults: FaultBook, base: () => string, bytesPerSecond?: number): Cdn {
  const grants = new Map<string, { readonly repo: string; readonly file: FakeFile; readonly expires: number }>();
  let issued = 0;
  return {
    sign(repo, file) {
      const expires = Math.floor(Date.now() / 1000) + LIFETIME;
      const sha256 = file.lfs?.sha256 ?? "";
      const signature = createHash("sha256").update(`${++issued} ${repo} ${sha256}`).digest("base64url");
      grants.set(signature, { repo, file, expires });
      const name = encodeURIComponent(`attachment; filename="${file.path.split("/").at(-1)}";`);
      const query = `response-content-disposition=${name}&Expires=${expires}&Signature=${signature}&Key-Pair-Id=FAKE`;
      return `${base()}/repos/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}?${query}`;
    },
    expireLinks: () => grants.clear(),
    async answer(exchange) {
      const { request } = exchange;
      const url = new URL(request.url ?? "/", base());
      const grant = grants.get(url.searchParams.get("Signature") ?? "");
      const keys = grant === undefined ? ["*"] : [`${grant.repo}/${grant.file.path}`, grant.file.path, "*"];
      // First of all, so that no fault hides a token that came here.
      if (request.headers.authorization !== undefined) {
        return refuse(exchange, 400, "InvalidArgument", "Only one auth mechanism allowed");
      }
      const fault = faults.take(keys, "cdn", "reply");
      if (fault !== undefined && (await sendFault(exchange, fault))) return;
      if (grant === undefined || grant.expires * 1000 < Date.now()) {
        return refuse(exchange, 403, "AccessDenied", "Request has expired");
      }
      const { file } = grant;
      // As S3 does for uploads in parts: neither the sha256 nor the md5 of the file.
      const etag = `"${createHash("md5").update(file.oid).digest("hex")}-2"`;
      const headers = { "content-type": "binary/octet-stream", etag };
      const usual = bytesPerSecond === undefined ? {} : { bytesPerSecond };
      await sendContent(exchange, file.content, headers, { ...usual, ...faults.take(keys, "cdn", "body") });
    },
  };
}

function refuse({ request, response }: Exchange, status: number, code: string, message: string): void {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  response.writeHead(status, { "content-type": "application/xml", "content-length": Buffer.byteLength(xml) });
  response.end(request.method === "HEAD" ? undefined : xml);
}
