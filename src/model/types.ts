// The nouns that every room shares. Plain data; nothing here does anything.

/** A count of bytes. The flavour only stops a mix-up with other units; plain numbers are accepted. */
export type Bytes = number & { readonly __unit?: "bytes" };
/** A count of tokens. */
export type Tokens = number & { readonly __unit?: "tokens" };
/** A duration in milliseconds. */
export type Milliseconds = number & { readonly __unit?: "ms" };

/** 40 lower-case hexadecimal digits that name one state of a repository. */
export type CommitSha = string & { readonly __brand: "CommitSha" };
/** 64 lower-case hexadecimal digits. */
export type Sha256 = string & { readonly __brand: "Sha256" };
/** `org/name` on the Hub. */
export type RepoId = string & { readonly __brand: "RepoId" };

// Made once: long lists ask thousands of times.
const COMMIT_SHA = /^[0-9a-f]{40}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const REPO_ID = /^[A-Za-z0-9_][\w.-]{0,95}\/[A-Za-z0-9_][\w.-]{0,95}$/;

export function isCommitSha(text: string): text is CommitSha {
  return COMMIT_SHA.test(text);
}

export function isSha256(text: string): text is Sha256 {
  return SHA256.test(text);
}

/** The rule for both halves is the Hub's own: word characters, dots and dashes, neither dot nor dash first, 96 characters. */
export function isRepoId(text: string): text is RepoId {
  return REPO_ID.test(text) && !text.includes("..");
}

/** One file of a repository as the Hub lists it. */
export interface RepoFile {
  readonly path: string;
  readonly size: Bytes;
  /** Of the content; the Hub gives it for large (LFS, Xet) files only. */
  readonly sha256?: Sha256;
  /** Git's sha1 of the entry: names small files in the cache. */
  readonly gitOid: string;
}

/** A file that its hash identifies: sha256 of the content, or git's sha1 for small files of a repository. */
export interface KnownFile {
  /** For messages. */
  readonly path: string;
  readonly size: Bytes;
  readonly sha256?: Sha256;
  readonly gitOid?: string;
}

/** What the model card's front matter says of license and lineage, as written there. */
export interface ModelCard {
  /** One id or several; empty when the card is silent. */
  readonly license: readonly string[];
  readonly licenseName?: string;
  readonly licenseLink?: string;
  /** What the model was made from, as written: `org/name` on the Hub, or anything. */
  readonly baseModels: readonly string[];
  /** `quantized`, `finetune`, `adapter` or `merge`, where the card or the Hub says so. */
  readonly baseRelation?: string;
}

/** A repository at one commit. */
export interface RepoSnapshot {
  readonly repo: RepoId;
  /** The branch, tag or commit that was asked for. */
  readonly revision: string;
  readonly commit: CommitSha;
  readonly gated: false | "auto" | "manual";
  readonly card: ModelCard;
  /** What the Hub asks consent to before it gives the files: hostile text. */
  readonly gatePrompt?: string;
  /** Those with names that are safe on every disk. */
  readonly files: readonly RepoFile[];
  /** The names of the others and what is wrong with them; hostile text. Nobody has to want these files. */
  readonly refused?: ReadonlyMap<string, string>;
}

/** One quantization of a model: a single GGUF file, or all shards of one, in order. */
export interface GgufVariant {
  /** Canonical label such as `Q4_K_M`; `unknown` when the file name tells none. */
  readonly quant: string;
  readonly files: readonly [RepoFile, ...RepoFile[]];
  readonly size: Bytes;
}

/** A GGUF file of a repository that is none of its variants. */
export interface LeftOut {
  readonly file: string;
  /** Reads like `another model`. */
  readonly why: string;
}

/** From free to forbidden: of two licenses the later one governs. */
export const LICENSE_CLASSES = [
  "public-domain",
  "permissive",
  "weak-copyleft",
  "copyleft",
  "responsible-use",
  "community",
  "non-commercial",
  "research-only",
  "unknown",
] as const;

export type LicenseClass = (typeof LICENSE_CLASSES)[number];

export function isLicenseClass(text: unknown): text is LicenseClass {
  return LICENSE_CLASSES.some((known) => known === text);
}

/**
 * How the declared license stands to the evidence: `looser` than the text or a base model (a conflict), `stricter` than
 * both, without a text, or with something that could not be found out.
 */
export type LicenseState = "agree" | "looser" | "stricter" | "text-missing" | "unresolvable";

/** From all that a model is made of down to what is not known; docs/openness.md. */
export type Openness =
  | "open-science"
  | "open-source"
  | "open-weights"
  | "responsible-use"
  | "source-available"
  | "non-commercial"
  | "research-only"
  | "unknown";

/** Whether one thing that makes up a model can be used, studied, changed and shared by everybody. */
export interface OpennessFact {
  readonly component: "weights" | "training-code" | "data-information" | "training-data";
  readonly open: "yes" | "no" | "unknown";
  /** Where that is known from. */
  readonly source: string;
}

/** One place that says something of the license: the card, a file, or the same of a base model (`org/name: LICENSE`). */
export interface LicenseSighting {
  readonly source: string;
  readonly value: string;
  /** With what oslm concludes. */
  readonly agrees: boolean;
  /** Of the text that stands there. */
  readonly sha256?: string;
}

/** The license decision; the JSON shape of `oslm license` and of the `license` field of `pull`. */
export interface LicenseVerdict {
  readonly id: string;
  readonly spdx: string | null;
  readonly title: string;
  readonly class: LicenseClass;
  readonly commercialUse: "allowed" | "conditional" | "forbidden" | "unknown";
  readonly openness: Openness;
  readonly opennessFacts: readonly OpennessFact[];
  /** What the model's own card says; `id` is what oslm concludes from all evidence. */
  readonly declared: string;
  readonly state: LicenseState;
  /** The base model whose terms the model cannot be freed of; null when it names none, or its own are as strict. */
  readonly floor: string | null;
  readonly evidence: readonly LicenseSighting[];
  readonly conflicts: readonly {
    readonly kind: string;
    readonly declared: string;
    readonly found: string;
    readonly source: string;
    readonly explanation: string;
  }[];
  readonly obligations: readonly { readonly id: string; readonly text: string; readonly trigger: string }[];
  readonly decision: "allow" | "ask" | "deny";
  readonly reasons: readonly string[];
  /** The rule of a policy file that decided; none where oslm's own defaults did. */
  readonly rule?: PolicyRuleRef;
}

/** A rule and where it stands; `rule` reads like `deny class non-commercial`. */
export interface PolicyRuleRef {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
}

/** A graphics processor and its memory at the moment of the probe. */
export interface Gpu {
  readonly name: string;
  readonly backend: "cuda" | "metal" | "vulkan";
  readonly vramTotal: Bytes;
  readonly vramFree: Bytes;
}

/** A limit that is lower than what the machine itself has. */
export interface RamLimit {
  readonly by: "control group" | "ulimit -v" | "ulimit -d" | "system";
  readonly bytes: Bytes;
  /** What would be available without it. */
  readonly without: Bytes;
  /** By so much it is too low for this program alone, without any model. */
  readonly lacking?: Bytes;
}

/** What this machine has, or what `--ram`, `--vram` and `--gpu` say it has. */
export interface Host {
  readonly ramTotal: Bytes;
  /** What a new process may take without swapping, container limits counted. */
  readonly ramAvailable: Bytes;
  readonly gpus: readonly Gpu[];
  /** Physical cores this process may use. */
  readonly cores: number;
  /** As far as it decides what the engine repacks: x64 with AVX2 or better, which is taken where it is absent, or ARM with dot products. */
  readonly processor?: "x64" | "arm64";
  /** Bytes per second that decoding gets out of RAM, measured or given; absent where neither. */
  readonly bandwidth?: number;
  /** Why it could not be measured, as `there is too little free memory`; not given where nobody asked, or it is known. */
  readonly bandwidthUnknown?: string;
  /** ISO 8601, UTC; absent where `bandwidth` was given, or is not known. */
  readonly bandwidthMeasuredAt?: string;
  /** What the memory was measured to deliver, of which few cores get less; disturbed by other programs it may be faster. */
  readonly memorySpeed?: { readonly bytesPerSecond: number; readonly undisturbed: boolean };
  /** Share of each memory that no load may take, where another than the default is wanted. */
  readonly margin?: number;
  /** The limit below which `ramAvailable` lies; not given where only the machine's own memory counts. */
  readonly ramLimit?: RamLimit;
  /** False below a limit on addresses (`ulimit -v`), which counts the pages of a mapped file too; true where it is absent. */
  readonly mayMap?: boolean;
  /** Graphics processors whose memory nothing tells; nothing is planned for them. */
  readonly gpusUnknown?: readonly string[];
  /** `--gpu N`: so many layers go to the GPU, neither more nor less. */
  readonly gpuLayers?: number;
  /** What past loads here took more, or less, than foreseen. */
  readonly correction?: Bytes;
}

/** Predicted memory of one load; the JSON shape of `fit`. All sizes in bytes. */
export interface Estimate {
  readonly total: Bytes;
  readonly weights: Bytes;
  readonly kvCache: Bytes;
  readonly compute: Bytes;
  readonly projector: Bytes;
  readonly draft: Bytes;
  readonly overhead: Bytes;
  readonly ctx: Tokens;
  readonly kvType: "f16" | "q8_0" | "q4_0";
  readonly gpuLayers: number;
  readonly perDevice: readonly { readonly device: string; readonly bytes: Bytes }[];
  /** Who counted weights, cache and buffers: oslm from the header, or llama.cpp, which was asked to make all but their memory. */
  readonly method: "formula" | "engine";
}

/** A file of a stored model, by its path inside the repository; outside the Hub by its name beside the first file. */
export interface StoredFile {
  readonly path: string;
  readonly size: Bytes;
  readonly sha256: Sha256;
  /** When a file that is not oslm's own was last written, as it was hashed; in milliseconds since 1970. */
  readonly mtimeMs?: number;
  /** It turns images into what the model reads, and is no part of the model itself. */
  readonly projector?: true;
}

/** A model on this disk; the JSON shape of one entry of `list`, with its files. */
export interface StoredModel {
  /** What people type to get it: the reference it was pulled by, in canonical form. */
  readonly name: string;
  readonly ref: string;
  /** `org/name` on the Hub, and the commit there; both null for files of other places. */
  readonly repo: string | null;
  readonly commit: string | null;
  readonly quant: string;
  readonly size: Bytes;
  /** Absolute path of the GGUF file, or of its first shard. */
  readonly path: string;
  readonly files: readonly StoredFile[];
  readonly license: { readonly id: string; readonly class: LicenseClass };
  /** ISO 8601, UTC. */
  readonly addedAt: string;
  readonly lastUsedAt: string | null;
  /** Another program put it into the Hugging Face cache: nobody was asked about its license. */
  readonly adopted?: true;
  /** The hashes are those that the cache calls the files by; nobody has computed them. */
  readonly unchecked?: true;
  /** It was made here, of a repository's checkpoint; `repo` and `commit` are null then. */
  readonly converted?: ConvertedFrom;
}

/** The files of the model itself: what its hash is of, and what is loaded for texts. */
export function ownFiles({ files }: Pick<StoredModel, "files">): readonly StoredFile[] {
  return files.some(({ projector }) => projector) ? files.filter(({ projector }) => !projector) : files;
}

/** What a model was made of, and with what. */
export interface ConvertedFrom {
  readonly repo: RepoId;
  readonly commit: CommitSha;
  /** The files of the repository that went into it. */
  readonly files: readonly StoredFile[];
  /** The version that converted it. */
  readonly oslm: string;
  /** The release of llama.cpp whose functions quantized it. */
  readonly engine: string;
}

/** The repository on the Hub that a model is of, as a whole file or as what it was made from; undefined for others. */
export function originOf({
  repo,
  commit,
  converted,
}: Pick<StoredModel, "repo" | "commit" | "converted">): { readonly repo: string; readonly commit: string } | undefined {
  return repo !== null && commit !== null ? { repo, commit } : converted;
}
