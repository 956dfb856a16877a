// The Hugging Face Hub: a repository at one commit, and reads of its files.
import { OslmError } from "../errors.js";
import { refusedPaths } from "../model/safe-path.js";
import { type Bytes, isCommitSha, type RepoFile, type RepoId, type RepoSnapshot } from "../model/types.js";
import { createApiFetch } from "./api-fetch.js";
import { decodeTreeEntry } from "./decode.js";
import { createHttp, type Http, type HttpOptions } from "./http.js";
import { type ByteSource, createRangeSource } from "./range-source.js";
import { replyError } from "./reply-error.js";
import { readRepoInfo } from "./repo-info.js";
import { createRetry, type Retry, type RetryOptions } from "./retry.js";
import { whoAmI } from "./who-am-i.js";

export interface Hub {
  /** The HTTP below, for downloads with the same token and rules. */
  readonly http: Http;
  /** Tries a request again as the Hub's own are. */
  readonly retry: Retry;
  /**
   * The repository at the commit that `revision` names now; files are those of that commit, whatever moves later.
   * `repo` in the result is the present name after a rename. Files with unsafe names are set aside. Throws
   * repo-not-found, revision-not-found, bad-token, forbidden, rate-limited, hub-failed, network, offline,
   * malformed-reply.
   */
  snapshot(repo: RepoId, revision?: string, signal?: AbortSignal): Promise<RepoSnapshot>;
  /** Throws `gated` and the like when a download would be refused; a gated repository's listing is open to all. */
  checkAccess(repo: RepoId, signal?: AbortSignal): Promise<void>;
  /** The name of the token's account. Throws `bad-token`. */
  whoAmI(signal?: AbortSignal): Promise<string>;
  /** The address to download a file of the snapshot from, pinned to its commit. Throws unsafe-name for refused ones. */
  fileUrl(snapshot: RepoSnapshot, path: string): string;
  /** Ranged reads of one file. */
  rangeSource(snapshot: RepoSnapshot, file: RepoFile, signal?: AbortSignal): ByteSource;
  /** A small text file, UTF-8. Throws file-not-in-repo, malformed-reply when longer than `maxBytes`, size-mismatch. */
  readText(snapshot: RepoSnapshot, path: string, maxBytes: Bytes, signal?: AbortSignal): Promise<string>;
}

/** The Hub's advice is below 100,000 files a repository; more is a trap for our memory. */
const MAX_FILES = 100_000;

export interface HubOptions extends HttpOptions {
  readonly retry?: RetryOptions | undefined;
}

/** Requests that fail in a way that may pass are sent again, for up to a minute. */
export function createHub({ retry: retryOptions, ...options }: HubOptions): Hub {
  const http = createHttp(options);
  const retry = createRetry(retryOptions);

  async function listing(repo: RepoId, commit: string, signal?: AbortSignal): Promise<readonly RepoFile[]> {
    const { listFiles } = await import("@huggingface/hub");
    const url = `${http.endpoint}/api/models/${repo}/tree/${commit}`;
    const fetch = createApiFetch(http, { asked: { repo, revision: commit }, signal, retry });
    const files: RepoFile[] = [];
    // The library does not encode the revision; a commit needs no encoding.
    for await (const entry of listFiles({ repo, revision: commit, recursive: true, hubUrl: http.endpoint, fetch })) {
      const file = decodeTreeEntry(url, entry);
      if (file !== undefined) files.push(file);
      if (files.length > MAX_FILES) throw new OslmError("malformed-reply", { url, reason: "lists too many files" });
    }
    return files;
  }

  const fileUrl = (snapshot: RepoSnapshot, path: string) => {
    const reason = snapshot.refused?.get(path);
    if (reason !== undefined) throw new OslmError("unsafe-name", { name: path, reason });
    // Segment by segment: the Hub takes neither org%2Fname nor unencoded # and ? in names.
    const encoded = path.split("/").map(encodeURIComponent).join("/");
    return `${http.endpoint}/${snapshot.repo}/resolve/${snapshot.commit}/${encoded}`;
  };

  return {
    http,
    retry,
    fileUrl,
    async snapshot(repo, revision = "main", signal) {
      const { info, files } = await readRepoInfo({ http, retry }, repo, revision, signal);
      if (isCommitSha(revision) && info.commit !== revision) {
        const url = `${http.endpoint}/api/models/${repo}`;
        throw new OslmError("malformed-reply", { url, reason: `answers commit ${info.commit} for ${revision}` });
      }
      return { ...info, revision, ...safeFiles(files ?? (await listing(info.repo, info.commit, signal))) };
    },
    // @huggingface/hub's checkRepoAccess asks for the repository, not for its contents: it is content with gated ones.
    async checkAccess(repo, signal) {
      const url = `${http.endpoint}/api/models/${repo}/auth-check`;
      await retry(async () => {
        const reply = await http.send({ url, signal, redirects: "own-origin" });
        if (!reply.ok) throw await replyError(http, reply, { repo });
        await reply.discard();
      }, signal);
    },
    whoAmI: (signal) => retry(() => whoAmI(http, signal), signal),
    rangeSource(snapshot, file, signal) {
      const asked = { repo: snapshot.repo, revision: snapshot.commit, path: file.path };
      const source = createRangeSource(http, { url: fileUrl(snapshot, file.path), size: file.size }, asked, signal);
      return { ...source, read: (offset, length) => retry(() => source.read(offset, length), signal) };
    },
    // Not the library's downloadFile: it does not encode paths, checks no length and turns errors into strings.
    async readText(snapshot, path, maxBytes, signal) {
      const asked = { repo: snapshot.repo, revision: snapshot.commit, path };
      const listed = snapshot.files.find((file) => file.path === path);
      const bytes = await retry(async () => {
        const reply = await http.send({ url: fileUrl(snapshot, path), signal, redirects: "anywhere" });
        if (!reply.ok) throw await replyError(http, reply, asked);
        const text = await reply.bytes(maxBytes);
        if (listed !== undefined && listed.size !== text.length) {
          throw new OslmError("size-mismatch", { file: path, expected: listed.size, actual: text.length });
        }
        return text;
      }, signal);
      return new TextDecoder().decode(bytes);
    },
  };
}

function safeFiles(files: readonly RepoFile[]): Pick<RepoSnapshot, "files" | "refused"> {
  const refused = refusedPaths(files.map((file) => file.path));
  return { files: files.filter((file) => !refused.has(file.path)), ...(refused.size > 0 && { refused }) };
}
