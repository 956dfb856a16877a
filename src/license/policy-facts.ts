// Whether a limit of a license is met, by what a policy states about its user.
import type { LicenseCondition } from "./catalogue.js";
import type { PolicyFacts, RulePlace, Setting, Use } from "./policy-file.js";

/**
 * `yes`: the license does not cover this use, or not without more. `no`: the condition does not concern it. `unknown`
 * comes with a fact where that fact may meet the limit, and without one where nothing is stated that could tell.
 */
export interface Met {
  readonly state: "yes" | "no" | "unknown";
  /** The fact that told. */
  readonly fact?: { readonly text: string; readonly at: RulePlace };
}

const UNKNOWN: Met = { state: "unknown" };

/** The members of the European Union, as ISO 3166 codes (2026). */
const EU = new Set("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split(" "));

type Test = (condition: LicenseCondition, facts: PolicyFacts) => Met;

const TESTS: Readonly<Record<string, Test>> = {
  "mau-limit": (condition, { mau }) => above(condition.value, mau, "mau"),
  "revenue-limit": revenueLimit,
  // Due is money, not another license: a person has to look.
  royalty: (condition, facts) => doubted(above(condition.threshold, inDollars(condition, facts), "revenue_usd")),
  "region-exclusion": regionExclusion,
  "non-commercial": byUse({ yes: ["commercial"], unknown: ["internal", "service", "redistribute"] }),
  "research-only": byUse({ yes: ["commercial"], unknown: ["internal", "service", "redistribute", "finetune"] }),
  "non-production": byUse({ yes: ["commercial", "service"], unknown: ["internal"] }),
  "no-redistribution": (condition, facts) => {
    const met = byUse({ yes: ["redistribute"] })(condition, facts);
    // Only parts of what the repository holds.
    return condition.scope === undefined ? met : doubted(met);
  },
  "no-derivatives": (_, { use }) => {
    if (use === undefined) return UNKNOWN;
    const shares = use.value.includes("redistribute") || use.value.includes("service");
    return { state: use.value.includes("finetune") && shares ? "yes" : "no", fact: useFact(use) };
  },
  "no-train-competing-models": (condition, facts) => {
    const reach = condition.scope;
    if (facts.use !== undefined && Array.isArray(reach) && !reach.includes("outputs")) {
      return { state: "no", fact: useFact(facts.use) };
    }
    const met = byUse({ yes: ["train-on-outputs"] })(condition, facts);
    // Some exempt their own family, or concern one kind of model.
    return condition.exempt === undefined && condition.target === undefined ? met : doubted(met);
  },
  "hosting-restriction": (condition, facts) => doubted(byUse({ yes: ["service"] })(condition, facts)),
  "no-compete": (condition, facts) => doubted(byUse({ yes: ["service", "commercial"] })(condition, facts)),
};

/** Tells the same for every condition; those that no fact concerns are unknown. */
export function meetsCondition(condition: LicenseCondition, facts: PolicyFacts): Met {
  return TESTS[condition.key]?.(condition, facts) ?? UNKNOWN;
}

function above(limit: unknown, stated: Setting<number> | undefined, name: string): Met {
  if (stated === undefined) return UNKNOWN;
  const fact = { text: `${name} ${stated.value}`, at: stated.at };
  if (typeof limit !== "number") return { state: "unknown", fact };
  return { state: stated.value > limit ? "yes" : "no", fact };
}

function revenueLimit(condition: LicenseCondition, facts: PolicyFacts): Met {
  const met = above(condition.value, inDollars(condition, facts), "revenue_usd");
  const concernsServices = String(condition.scope ?? "").includes("service");
  if (met.state !== "yes" || !concernsServices || facts.use?.value.includes("service")) return met;
  return facts.use === undefined ? doubted(met) : { state: "no", fact: useFact(facts.use) };
}

function inDollars({ currency }: LicenseCondition, { revenue_usd }: PolicyFacts): Setting<number> | undefined {
  return currency === undefined || currency === "USD" ? revenue_usd : undefined;
}

function regionExclusion({ value, scope }: LicenseCondition, { regions }: PolicyFacts): Met {
  if (regions === undefined) return UNKNOWN;
  const excluded = Array.isArray(value) ? value.map(String) : [String(value)];
  const hit = regions.value.find((region) => excluded.some((other) => overlap(region, other)));
  if (hit === undefined) return { state: "no", fact: { text: `regions ${regions.value.join(", ")}`, at: regions.at } };
  const met: Met = { state: "yes", fact: { text: `region ${hit}`, at: regions.at } };
  // `multimodal` and the like: what this model is, no license tells.
  return String(scope ?? "all").startsWith("all") ? met : doubted(met);
}

function overlap(left: string, right: string): boolean {
  return left === right || (left === "EU" && EU.has(right)) || (right === "EU" && EU.has(left));
}

function byUse({ yes, unknown = [] }: { yes: readonly Use[]; unknown?: readonly Use[] }): Test {
  return (_, { use }) => {
    if (use === undefined) return UNKNOWN;
    if (use.value.some((one) => yes.includes(one))) return { state: "yes", fact: useFact(use) };
    // Nobody can tell for these: it is as if nothing had been stated.
    return use.value.some((one) => unknown.includes(one)) ? UNKNOWN : { state: "no", fact: useFact(use) };
  };
}

function doubted(met: Met): Met {
  return met.state === "yes" ? { ...met, state: "unknown" } : met;
}

function useFact({ value, at }: Setting<readonly Use[]>) {
  return { text: `use ${value.join(", ")}`, at };
}
