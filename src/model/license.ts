// What is decided on a license, and on how open a model is.

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

/** The title of what has none. */
export const NO_LICENSE = "No license";
