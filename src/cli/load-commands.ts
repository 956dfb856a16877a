// The commands, each in a module of its own; only the one that is asked for is loaded.
import type { Command } from "commander";
import type { ContextOf } from "./context.js";

type Make = (contextOf: ContextOf) => Command;
type Load = () => Promise<Make>;

/** By the heading that the help shows them under, in its order. */
const COMMANDS: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  "Models:": {
    search: async () => (await import("./commands/search.js")).makeSearchCommand,
    pull: async () => (await import("./commands/pull.js")).makePullCommand,
    import: async () => (await import("./commands/import.js")).makeImportCommand,
    quantize: async () => (await import("./commands/quantize.js")).makeQuantizeCommand,
    fit: async () => (await import("./commands/fit.js")).makeFitCommand,
    recommend: async () => (await import("./commands/recommend.js")).makeRecommendCommand,
    catalog: async () => (await import("./commands/catalog.js")).makeCatalogCommand,
    list: async () => (await import("./commands/list.js")).makeListCommand,
    show: async () => (await import("./commands/show.js")).makeShowCommand,
    card: async () => (await import("./commands/card.js")).makeCardCommand,
    license: async () => (await import("./commands/license.js")).makeLicenseCommand,
    convert: async () => (await import("./commands/convert.js")).makeConvertCommand,
    merge: async () => (await import("./commands/merge.js")).makeMergeCommand,
    outdated: async () => (await import("./commands/outdated.js")).makeOutdatedCommand,
    verify: async () => (await import("./commands/verify.js")).makeVerifyCommand,
    cp: async () => (await import("./commands/cp.js")).makeCpCommand,
    rm: async () => (await import("./commands/rm.js")).makeRmCommand,
    prune: async () => (await import("./commands/prune.js")).makePruneCommand,
  },
  "Run:": {
    run: async () => (await import("./commands/run.js")).makeRunCommand,
    complete: async () => (await import("./commands/complete.js")).makeCompleteCommand,
    batch: async () => (await import("./commands/batch.js")).makeBatchCommand,
    embed: async () => (await import("./commands/embed.js")).makeEmbedCommand,
    replay: async () => (await import("./commands/replay.js")).makeReplayCommand,
    chat: async () => (await import("./commands/chat.js")).makeChatCommand,
  },
  "Maintain:": {
    doctor: async () => (await import("./commands/doctor.js")).makeDoctorCommand,
    auth: async () => (await import("./commands/auth.js")).makeAuthCommand,
    completion: async () => (await import("./commands/completion.js")).makeCompletionCommand,
  },
};

/** What the completion scripts ask. */
const COMPLETE = "__complete";

/** The command that the first word names; all of them, for help and for complaints, when it names none. */
export async function loadCommands(
  [first = ""]: readonly string[],
  contextOf: ContextOf,
): Promise<readonly { readonly heading: string; readonly command: Command }[]> {
  const all = Object.entries(COMMANDS).flatMap(([heading, loads]) =>
    Object.entries(loads).map(([name, load]) => ({ heading, name, load })),
  );
  if (first === COMPLETE) {
    const { makeCompleteWordsCommand } = await import("./commands/complete-words.js");
    return [{ heading: "", command: makeCompleteWordsCommand(contextOf) }];
  }
  const asked = all.filter(({ name }) => name === first);
  const wanted = asked.length > 0 ? asked : all;
  return Promise.all(wanted.map(async ({ heading, load }) => ({ heading, command: (await load())(contextOf) })));
}
