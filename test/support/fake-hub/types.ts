// What a test says about its Hub: repositories as plain data, and the faults it asks for.
import type { IncomingHttpHeaders } from "node:http";

/**
 * Contents of a file: bytes, a file on this disk that is streamed, or a beginning and zeros up to a size: for models that nobody
 * downloads, since their sha256 is that of the beginning.
 */
export type FakeContent = Buffer | { readonly file: string } | { readonly head: Buffer; readonly size: number };

export interface FakeCard {
  readonly license?: string | readonly string[];
  readonly license_name?: string;
  readonly license_link?: string;
  readonly base_model?: string | readonly string[];
  readonly base_model_relation?: string;
  readonly extra_gated_heading?: string;
  readonly extra_gated_prompt?: string;
  readonly language?: string | readonly string[];
  readonly datasets?: string | readonly string[];
  readonly tags?: readonly string[];
}

export interface FakeRepo {
  /** `org/name`. */
  readonly id: string;
  readonly files: Readonly<Record<string, FakeContent>>;
  /** The card's front matter; without it the repository has no cardData at all. */
  readonly card?: FakeCard;
  readonly gated?: false | "auto" | "manual";
  /** What the valid token may do; "none" when gated, else "granted". "token-scope" is a fine-grained token without gated access. */
  readonly access?: "granted" | "pending" | "none" | "token-scope";
  /** Invisible without a token, and with one whose access is "none". */
  readonly private?: boolean;
  readonly disabled?: boolean;
  /** Names of commits; `main` is `commit` unless given. Commits not known otherwise hold the same files. */
  readonly branches?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** 40 hex digits; derived from the files and the card unless given. */
  readonly commit?: string;
  readonly renamedFrom?: string;
  /** What the Hub has read of one of the GGUF files; it goes into every info. */
  readonly gguf?: {
    readonly architecture: string;
    readonly chat_template?: string;
    readonly context_length?: number;
    readonly total?: number;
    readonly totalFileSize?: number;
  };
  /** What the Hub has read of the SafeTensors files. */
  readonly safetensors?: { readonly total: number; readonly parameters?: Readonly<Record<string, number>> };
  /** `text-generation` unless given. */
  readonly pipeline_tag?: string;
  /** Beside those that follow from card and files. */
  readonly moreTags?: readonly string[];
  /** The benchmarks of the card, as the Hub gives them beside it. */
  readonly modelIndex?: unknown;
  /** What the Hub has taken from config.json. */
  readonly config?: object;
  /** What searches sort by; the same for all repositories unless given. */
  readonly downloads?: number;
  readonly likes?: number;
  readonly lastModified?: string;
  /** Which files are large; .gguf, .safetensors, .bin and all above 10 kB unless given. */
  readonly lfs?: (path: string) => boolean;
}

export interface FakeHubOptions {
  readonly repos: readonly FakeRepo[];
  /** The one valid token; without it every token is a bad one. */
  readonly token?: string;
  /** Entries on one page of a tree or a search; 1000 unless given. */
  readonly pageSize?: number;
  /** False: `blobs` is not heard, as by some mirrors, and files have to be asked of the tree. */
  readonly blobs?: boolean;
  /** Before the first byte of every reply of both hosts; faults add to it. */
  readonly latencyMs?: number;
  /** What a connection to the storage host gives; faults may say otherwise. */
  readonly bytesPerSecond?: number;
  /** Of the storage host; without it everybody is let in. */
  readonly gate?: Partial<Omit<Gate, "refused">>;
}

export interface RecordedRequest {
  readonly host: "hub" | "cdn";
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Of the reply; 0 until, or unless, there is one. */
  status: number;
  /** Bytes of the body that went out so far. */
  sent: number;
}

/** Counts connections, also idle ones that are kept open, by the address they come from. A test may change it. */
export interface Gate {
  /** So many at the same time. */
  connections: number;
  /** What one too many gets: a 503 to its request, or a reset as soon as it is there. */
  beyond: "503" | "reset";
  /** So many got that. */
  refused: number;
}

/**
 * What goes wrong. `status`, `html`, `reset`, `json`, `entries` and `link` replace a reply; `delayMs` alone delays it; all others
 * change how contents are sent, so they leave redirects alone. Offsets are in bytes.
 */
export interface Fault {
  /** How many replies it spoils; all when not given. */
  readonly times?: number;
  /** Only on this host; a large file is asked for on both. */
  readonly at?: "hub" | "cdn";
  /** Waits before the reply begins. */
  readonly delayMs?: number;
  /** Answers this status, with `headers` and `body`. */
  readonly status?: number;
  readonly body?: string;
  /** Added to the reply, or put in place of its own; null takes one away. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** A captive portal: 200 and a web page. */
  readonly html?: boolean;
  /** The connection is reset in place of an answer. */
  readonly reset?: boolean;
  /** API: this JSON instead. */
  readonly json?: unknown;
  /** Listings (tree, paths-info, search): this JSON instead, without a next page. */
  readonly entries?: unknown;
  /** Listings: the address of the next page; "self" is the same page again. */
  readonly link?: string;
  /** The file is stored short: it ends here, with a matching length. */
  readonly truncateAt?: number;
  /** Somebody has put another file under the address: these bytes, with an ETag of their own. */
  readonly replacedBy?: FakeContent;
  /** The byte at this offset of the file is another one. */
  readonly corruptAt?: number;
  /** After so many bytes of the body nothing more comes, and the connection stays open. */
  readonly stallAfter?: number;
  /** After so many bytes of the body the connection is cut. */
  readonly dropAfter?: number;
  /** Answers a range with its first so many bytes, and says so. */
  readonly atMost?: number;
  /** Ignores Range: 200 and the whole file. */
  readonly noRange?: boolean;
  /** Declares this Content-Length; the connection is closed after what there is. */
  readonly wrongContentLength?: number;
  /** Of the connection: replies on it come one after the other. */
  readonly bytesPerSecond?: number;
}

export interface Faults {
  /**
   * Sets the faults of a key, in place of earlier ones; each is used up (`times`) before the next. Keys: a file
   * (`model.gguf`, `org/name/model.gguf`), all API calls of a repository (`org/name`), one of its API calls
   * (`org/name:info`, `:tree`, `:paths-info`, `:refs`, `:auth-check`), `search`, or `*` for every request to both hosts.
   */
  set(key: string, ...faults: readonly Fault[]): void;
  /** Takes back the faults of a key, or all. */
  clear(key?: string): void;
}

export interface FakeHub {
  /** The Hub's base URL, for HF_ENDPOINT. */
  readonly endpoint: string;
  /** The base URL of the host of large files: another origin. */
  readonly cdn: string;
  /** All requests so far, in order. */
  readonly requests: RecordedRequest[];
  readonly faults: Faults;
  readonly gate: Gate;
  /** Pushes a new state of a repository, or adds one; earlier commits stay. Resolves to the new commit. */
  push(repo: FakeRepo): Promise<string>;
  /** Makes all signed addresses given out so far expire now. */
  expireLinks(): void;
  /** Stops both servers and destroys open connections. */
  close(): Promise<void>;
}
