// Declared and concluded license of a model as SPDX 3 wants them: exactly one of each, be it that nothing is asserted.
import { identifyText } from "../license/identify.js";
import { plain } from "../model/plain.js";
import { expressionOf, type NamedLicense, namedLicenses } from "./license-names.js";
import type { ReportedModel } from "./reported.js";
import type { Iri, SpdxGraph } from "./spdx-graph.js";

/** An individual that the JSON-LD context of SPDX names. */
const NO_ASSERTION: Iri = "expandedlicensing_NoAssertionLicense";

/** Adds both for a package: "AI Profile conformance", model/AI/AI.md of SPDX 3.0.1. */
export function addLicenses(graph: SpdxGraph, from: Iri, model: ReportedModel): void {
  const { id, declared, spdx, decision } = model.license;
  const said = namedLicenses(declared);
  const found = namedLicenses(id);
  graph.relate(from, "hasDeclaredLicense", [expression(graph, said, model)]);
  // Who denies a model has concluded something, if only that its license is none that anybody knows.
  const denied = decision === "deny" && found.length === 0 ? [UNKNOWN] : found;
  const concluded = spdx === null && decision !== "deny" ? [] : denied;
  graph.relate(from, "hasConcludedLicense", [expression(graph, concluded, model)]);
}

const UNKNOWN: NamedLicense = { id: "unknown", title: "unknown", spdx: "LicenseRef-oslm-unknown", url: null };

function expression(graph: SpdxGraph, licenses: readonly NamedLicense[], model: ReportedModel): Iri {
  const text = expressionOf(licenses);
  if (text === null) return NO_ASSERTION;
  const own = licenses.filter(({ spdx }) => spdx.startsWith("LicenseRef-"));
  return graph.add("simplelicensing_LicenseExpression", `expression-${text.replaceAll(" ", "_")}`, {
    simplelicensing_licenseExpression: text,
    ...(own.length > 0 && {
      simplelicensing_customIdToUri: own.map((license) => ({
        ...{ type: "DictionaryEntry", key: license.spdx },
        value: customLicense(graph, license, model),
      })),
    }),
  });
}

/** With its text where that was seen: in the repository, or in that of a base model. */
function customLicense(graph: SpdxGraph, { id, title, spdx, url }: NamedLicense, { evidence }: ReportedModel): Iri {
  const places = evidence === undefined ? [] : [evidence, ...evidence.ancestors];
  const texts = places.flatMap((place) => ("gap" in place ? [] : place.texts)).flatMap(({ text }) => text ?? []);
  const seen = texts.find((text) => identifyText(text).some((entry) => entry.id === id));
  const name = plain(title);
  return graph.add("simplelicensing_SimpleLicensingText", `license-${spdx}`, {
    name,
    simplelicensing_licenseText: seen ?? (url === null ? `${name} (its text was not seen)` : `${name}: ${url}`),
  });
}
