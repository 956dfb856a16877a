// The fields that `--json=` takes, by command and by the flag that changes the result: what completion offers and the documents of
// the commands say. The lists of the commands themselves count; a test holds these against them.

const JUDGED =
  "id spdx title class commercialUse openness opennessFacts declared state floor evidence conflicts obligations decision reasons url from ref repo commit gated accepted";
const ANSWER =
  "model text json thinking tokens finishReason cutBy onlyThought leavesOut truncated usage timings receipt";

/** Those without a result of their own, or with one that differs from case to case, are not here. */
export const JSON_FIELDS: Readonly<Record<string, string>> = {
  "auth status": "signedIn source user endpoint",
  "auth logout": "removed file",
  card: "name repo revision source url frontMatter text",
  catalog:
    "name title vendor isDefault task params activeParams context architecture released license repos original unsupported givenBy",
  complete: ANSWER,
  convert: "path kind quant architecture tensors size name license source",
  cp: "name ref repo commit quant size path",
  doctor:
    "versions platform host calibration folders index locks parts temporary unfinished links hub network findings repaired",
  embed: "model dimensions pooling normalized truncated usage embeddings",
  fit: "ref givenBy host trainedFor ctx variants choice reasons leftOut converted images contexts",
  "fit --audit": "loads file correction telling needed lastAt bandwidth bandwidthMeasuredAt memorySpeed cores",
  "fit --list": "host models tooLarge nearest",
  import: "id quant size where path",
  license: JUDGED,
  "license list": "license subject commit textSha256 at how user host version facts",
  list: "name ref repo commit quant size path license addedAt lastUsedAt",
  outdated: "name repo commit quant revision latest fetchBytes changes",
  prune: "items freedBytes dryRun busy linked",
  pull: "ref repo commit quant path files bytes license licenseExpected fit converted",
  quantize: "ref source quant path size bitsPerWeight tensors fallbacks imatrix imatrixTensors reasons dryRun",
  "quantize --compare": "source quantized tokens kld perplexity sameTop",
  recommend: "task host models nearest rule",
  replay: "identical firstDifference facts",
  rm: "removed freedBytes kept",
  run: ANSWER,
  search:
    "name license downloads likes updatedAt gated pipeline parameters architecture contextLength quant size sizeIsEstimate fits",
  show: "name stored givenBy repo commit converted architecture obstacle parameters quant size ctxTrain chatTemplate knownTemplate stop templateError tools thinking images license licenseEvidence baseModels openness estimate fits path files",
  verify: "model file path size sha256 state actual fetchedBytes help",
};

/** @param command its words, as `license list` @param words the command line */
export function jsonFieldsOf(command: string, words: readonly string[]): readonly string[] {
  const [flagged] = Object.keys(JSON_FIELDS).filter(
    (key) => key.startsWith(`${command} --`) && words.includes(key.slice(command.length + 1)),
  );
  return JSON_FIELDS[flagged ?? command]?.split(" ") ?? [];
}

/** A list may go on: `name,si` with what is not in it yet. */
export function continueList(typed: string, fields: readonly string[]): readonly string[] {
  const given = typed.slice(0, typed.lastIndexOf(",") + 1);
  const known = given.split(",");
  return fields.filter((field) => !known.includes(field)).map((field) => given + field);
}
