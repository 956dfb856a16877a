// The report as an SPDX 3.0.1 document with the AI profile, in JSON-LD.
//
// No library for JavaScript writes SPDX 3; the document is plain data. What it must hold: model/AI/AI.md and
// model/AI/Classes/AIPackage.md of https://github.com/spdx/spdx-3-model, tag 3.0.1.
import { contentUuid } from "./content-uuid.js";
import type { ReportedModel, ReportFrame } from "./reported.js";
import { type Iri, SpdxGraph } from "./spdx-graph.js";
import { type LicenseTexts, seenTexts } from "./spdx-licenses.js";
import { addModel } from "./spdx-model.js";
import { spdxTime } from "./spdx-time.js";

/** The document; its address is made of its content. */
export function renderSpdx(models: readonly ReportedModel[], frame: ReportFrame): string {
  const texts = seenTexts(models);
  const uuid = contentUuid(JSON.stringify(graphOf(models, { ...frame, texts }, "")));
  const graph = graphOf(models, { ...frame, texts }, `https://spdx.org/spdxdocs/oslm-${uuid}#`);
  return `${JSON.stringify({ "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": graph }, null, 2)}\n`;
}

function graphOf(
  models: readonly ReportedModel[],
  frame: ReportFrame & { readonly texts: LicenseTexts },
  base: string,
): readonly object[] {
  const graph = new SpdxGraph(base);
  const oslm = graph.add("SoftwareAgent", "oslm", { name: `oslm ${frame.version}` });
  const roots = models.map((model, index): Iri => addModel(graph, model, index + 1, frame));
  const creation = {
    type: "CreationInfo",
    "@id": "_:creation",
    specVersion: "3.0.1",
    created: createdAt(models, frame),
    createdBy: [oslm],
  };
  const document = {
    type: "SpdxDocument",
    spdxId: `${base}document`,
    creationInfo: "_:creation",
    name: "Licenses of models",
    // It must not be empty where there are elements.
    rootElement: roots.length > 0 ? roots : [oslm],
    element: graph.iris,
    profileConformance: ["core", "software", "simpleLicensing", "ai"],
  };
  return [creation, document, ...graph.elements];
}

/** It must be there; without a given time it is that of the newest fact, so that the same facts make the same document. */
function createdAt(models: readonly ReportedModel[], { at }: ReportFrame): string {
  if (at !== undefined) return spdxTime([at.toISOString()]);
  return spdxTime(models.flatMap(({ stored, evidence }) => [stored?.addedAt ?? "", evidence?.at ?? ""]));
}
