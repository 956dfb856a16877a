// Every way in which oslm can fail on purpose. An error carries facts, which errors/ holds room by room; the sentence, the
// hint and the exit code are in cli/report/, whose tables the compiler keeps complete.
import type { AccessFacts } from "./errors/access.js";
import type { AnswerFacts } from "./errors/answer.js";
import type { CatalogFacts } from "./errors/catalog.js";
import type { ChatFacts } from "./errors/chat.js";
import type { ConvertFacts } from "./errors/convert.js";
import type { DiskFacts } from "./errors/disk.js";
import type { DownloadFacts } from "./errors/download.js";
import type { FitFacts } from "./errors/fit.js";
import type { GgufFacts } from "./errors/gguf.js";
import type { HubFacts } from "./errors/hub.js";
import type { ImageFacts } from "./errors/images.js";
import type { LicenseFacts } from "./errors/license.js";
import type { NetworkFacts } from "./errors/network.js";
import type { PromptFacts } from "./errors/prompt.js";
import type { QuantizeFacts } from "./errors/quantize.js";
import type { RuntimeFacts } from "./errors/runtime.js";
import type { StoreFacts } from "./errors/store.js";
import type { UsageFacts } from "./errors/usage.js";

export type { NetworkFailure } from "./errors/network.js";
export type { Verb } from "./errors/verb.js";

export interface ErrorFacts
  extends UsageFacts,
    CatalogFacts,
    HubFacts,
    AccessFacts,
    NetworkFacts,
    LicenseFacts,
    DownloadFacts,
    StoreFacts,
    DiskFacts,
    GgufFacts,
    FitFacts,
    RuntimeFacts,
    ImageFacts,
    PromptFacts,
    AnswerFacts,
    ChatFacts,
    ConvertFacts,
    QuantizeFacts {}

export type ErrorCode = keyof ErrorFacts;

/** The one error type of oslm. `message` is for logs only: people read what cli/report/ makes of the facts. */
export class OslmError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "OslmError";
  constructor(
    readonly code: C,
    readonly facts: ErrorFacts[C],
    options?: { cause?: unknown },
  ) {
    super(`${code} ${JSON.stringify(facts)}`, options);
  }
}

/** True for an OslmError, of the given code when one is given. */
export function isOslmError<C extends ErrorCode>(error: unknown, code?: C): error is OslmError<C> {
  return error instanceof OslmError && (code === undefined || error.code === code);
}
