// Declared and concluded license of a model as SPDX 3 wants them: exactly one of each, be it that nothing is asserted.
import { identifyText } from "../license/identify.js";
import { placedTexts } from "../license/license-texts.js";
import { plain } from "../model/plain.js";
import { expressionOf, type NamedLicense, namedLicenses } from "./license-names.js";
import type { ReportedModel } from "./reported.js";
import type { Iri, SpdxGraph } from "./spdx-graph.js";

/** An individual that the JSON-LD context of SPDX names. */
const NO_ASSERTION: Iri = "expandedlicensing_NoAssertionLicense";

/** By the id of the license. */
export type LicenseTexts = ReadonlyMap<string, string>;

/** The texts of all licenses that the repositories of these models hold, and those of their base models. */
export function seenTexts(models: readonly ReportedModel[]): LicenseTexts {
  const placed = models.flatMap(({ evidence }) => (evidence === undefined ? [] : placedTexts(evidence)));
  const texts = placed.flatMap(({ text }) => text ?? []);
  return new Map(
    [...new Set(texts)].reverse().flatMap((text) => identifyText(text).map(({ id }) => [id, text] as const)),
  );
}

/** Adds both for a package: "AI Profile conformance", model/AI/AI.md of SPDX 3.0.1. */
export function addLicenses(graph: SpdxGraph, from: Iri, { license }: ReportedModel, texts: LicenseTexts): void {
  const { id, declared, spdx, decision, state } = license;
  const said = namedLicenses(declared);
  const found = namedLicenses(id);
  graph.relate(from, "hasDeclaredLicense", [expression(graph, said, texts)]);
  // Who denies a model has concluded something, if only that its license is none that anybody knows.
  const denied = decision === "deny" && found.length === 0 ? [UNKNOWN] : found;
  const isOpen = spdx === null || state === "unresolvable";
  const concluded = isOpen && decision !== "deny" ? [] : denied;
  graph.relate(from, "hasConcludedLicense", [expression(graph, concluded, texts)]);
}

const UNKNOWN: NamedLicense = { id: "unknown", title: "unknown", spdx: "LicenseRef-oslm-unknown", url: null };

function expression(graph: SpdxGraph, licenses: readonly NamedLicense[], texts: LicenseTexts): Iri {
  const text = expressionOf(licenses);
  if (text === null) return NO_ASSERTION;
  const own = licenses.filter(({ spdx }) => spdx.startsWith("LicenseRef-"));
  return graph.add("simplelicensing_LicenseExpression", `expression-${text.replaceAll(" ", "_")}`, {
    simplelicensing_licenseExpression: text,
    ...(own.length > 0 && {
      simplelicensing_customIdToUri: own.map((license) => ({
        ...{ type: "DictionaryEntry", key: license.spdx },
        value: customLicense(graph, license, texts),
      })),
    }),
  });
}

/** With its text where that was seen. */
function customLicense(graph: SpdxGraph, { id, title, spdx, url }: NamedLicense, texts: LicenseTexts): Iri {
  const name = plain(title);
  return graph.add("simplelicensing_SimpleLicensingText", `license-${spdx}`, {
    name,
    simplelicensing_licenseText:
      texts.get(id) ?? (url === null ? `${name} (its text was not seen)` : `${name}: ${url}`),
  });
}
