// One model as an AI package of SPDX 3, with its files, its base models, and oslm's verdict as a review.

import { placedTexts } from "../license/license-texts.js";
import { plain } from "../model/plain.js";
import { fileUrl, isAddress, packageUrl } from "./addresses.js";
import { propertiesOf } from "./license-properties.js";
import type { ReportedModel, ReportFrame } from "./reported.js";
import type { Iri, SpdxGraph } from "./spdx-graph.js";
import { addLicenses, type LicenseTexts } from "./spdx-licenses.js";
import { spdxTime } from "./spdx-time.js";

/** SPDX 3 has no word for what is not known in a field that must be there; that of SPDX 2 is understood. */
const NOT_KNOWN = "NOASSERTION";

/** Adds all of it. @param number tells models of one name apart */
export function addModel(
  graph: SpdxGraph,
  model: ReportedModel,
  number: number,
  { endpoint, texts }: Pick<ReportFrame, "endpoint"> & { readonly texts: LicenseTexts },
): Iri {
  const { license, evidence, stored } = model;
  const files = stored?.files ?? [];
  const [first, ...others] = files;
  const url = license.repo === null ? stored?.ref : license.url;
  const address = url !== undefined && isAddress(url) ? url : undefined;
  const known = stored?.addedAt ?? evidence?.at ?? "";
  const iri = graph.add("ai_AIPackage", `model-${number}`, {
    name: plain(license.ref),
    comment: "releaseTime is when oslm first recorded these files; when their publisher released them is not known.",
    releaseTime: spdxTime([known]),
    suppliedBy: addSupplier(graph, license.repo, address),
    ...identity(license),
    software_packageVersion: license.commit ?? (first === undefined ? NOT_KNOWN : `sha256:${first.sha256}`),
    software_downloadLocation: address ?? NOT_KNOWN,
    software_primaryPurpose: "model",
    ...(first !== undefined && others.length === 0 && { verifiedUsing: [sha256(first.sha256)] }),
    ...licenseTexts(model, endpoint),
    ...header(model),
  });
  const parts = files.map((file, part) =>
    graph.add("software_File", `model-${number}-file-${part + 1}`, {
      name: plain(file.path),
      software_primaryPurpose: "model",
      verifiedUsing: [sha256(file.sha256)],
    }),
  );
  graph.relate(iri, "contains", parts);
  addLicenses(graph, iri, model, texts);
  graph.relate(iri, "descendantOf", addAncestors(graph, model, number));
  graph.add("Annotation", `model-${number}-review`, {
    annotationType: "review",
    contentType: "text/plain",
    statement: propertiesOf(model)
      .map(({ name, value }) => `${name}: ${value}`)
      .join("\n"),
    subject: iri,
  });
  return iri;
}

/** Plain packages: on a model of the AI profile there would have to be more than is known of these. */
function addAncestors(graph: SpdxGraph, { evidence }: ReportedModel, number: number): readonly Iri[] {
  return (evidence?.ancestors ?? []).map((ancestor, index) =>
    graph.add("software_Package", `model-${number}-base-${index + 1}`, {
      name: plain(ancestor.repo),
      software_primaryPurpose: "model",
      ...("gap" in ancestor
        ? { comment: `Nothing is known of it: ${ancestor.gap}` }
        : { ...identity(ancestor), software_packageVersion: ancestor.commit }),
    }),
  );
}

function addSupplier(graph: SpdxGraph, repo: string | null, address: string | undefined): Iri {
  const organization = repo?.split("/")[0];
  if (organization !== undefined) return graph.add("Organization", `supplier-${organization}`, { name: organization });
  const host = address === undefined ? "unknown" : new URL(address).hostname;
  return graph.add("Agent", `supplier-${host.replace(/[^a-z0-9.-]/gi, "-")}`, { name: host });
}

function identity(place: Parameters<typeof packageUrl>[0]): object {
  const purl = packageUrl(place);
  return purl === null ? {} : { software_packageUrl: purl };
}

/** Its own; those of base models are theirs. */
function licenseTexts({ evidence }: ReportedModel, endpoint: string): object {
  const own = evidence === undefined ? [] : placedTexts({ ...evidence, ancestors: [] });
  // What the Hub asks consent to has no address of its own.
  const files = own.filter(({ kind }) => kind !== "prompt");
  if (files.length === 0) return {};
  return {
    externalRef: files.map(({ path, sha256: hash, ...place }) => ({
      ...{ type: "ExternalRef", externalRefType: "license", locator: [fileUrl(endpoint, place, path)] },
      ...(hash !== undefined && { comment: `SHA-256 ${hash}` }),
    })),
  };
}

function header({ header: facts, stored }: ReportedModel): object {
  if (facts === undefined) return {};
  const values: readonly (readonly [string, string | undefined])[] = [
    ["quantization", stored?.quant],
    ["context length", String(facts.context)],
    ["parameters", String(facts.parameters)],
  ];
  return {
    ai_typeOfModel: [plain(facts.architecture)],
    ai_hyperparameter: values.flatMap(([key, value]) =>
      value === undefined ? [] : { type: "DictionaryEntry", key, value: plain(value) },
    ),
  };
}

function sha256(hashValue: string): object {
  return { type: "Hash", algorithm: "sha256", hashValue };
}
