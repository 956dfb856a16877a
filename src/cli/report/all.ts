// The reports of all errors, from one small table for each room.
import type { ErrorFacts } from "../../errors.js";
import { accessReports } from "./access.js";
import { answerReports } from "./answer.js";
import { catalogReports } from "./catalog.js";
import { chatReports } from "./chat.js";
import { convertReports } from "./convert.js";
import { diskReports } from "./disk.js";
import { downloadReports } from "./download.js";
import type { Entries } from "./entry.js";
import { fitReports } from "./fit.js";
import { ggufReports } from "./gguf.js";
import { hubReports } from "./hub.js";
import { imageReports } from "./images.js";
import { licenseReports } from "./license.js";
import { networkReports } from "./network.js";
import { promptReports } from "./prompt.js";
import { quantizeReports } from "./quantize.js";
import { runtimeReports } from "./runtime.js";
import { storeReports } from "./store.js";
import { usageReports } from "./usage.js";

export const REPORTS: Entries<ErrorFacts> = {
  ...usageReports,
  ...catalogReports,
  ...hubReports,
  ...accessReports,
  ...networkReports,
  ...licenseReports,
  ...downloadReports,
  ...storeReports,
  ...diskReports,
  ...ggufReports,
  ...fitReports,
  ...runtimeReports,
  ...imageReports,
  ...promptReports,
  ...answerReports,
  ...chatReports,
  ...convertReports,
  ...quantizeReports,
};
