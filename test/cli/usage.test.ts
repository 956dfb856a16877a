// What is said of a command line that commander refuses.
import { Command, CommanderError } from "commander";
import { expect, it } from "vitest";
import { expandEquals } from "../../src/cli/flags.js";
import { addPromptFlags } from "../../src/cli/prompt-flags.js";
import { addTemplateFlags } from "../../src/cli/run-flags.js";
import { usageProblem } from "../../src/cli/usage.js";

it.each([
  ["--think=maybe", "option '--think=<mode>' argument 'maybe' is invalid. Allowed choices are off, hide."],
  ["--stream=xml", "option '--stream=<mode>' argument 'xml' is invalid. Allowed choices are text, jsonl."],
])("names the flag as it was written: %s", (flag, problem) => {
  const command = addTemplateFlags(addPromptFlags(new Command("run")))
    .exitOverride()
    .configureOutput({ writeErr() {} });
  const program = new Command("oslm").addCommand(command);
  try {
    program.parse(expandEquals(["run", flag]), { from: "user" });
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    expect(usageProblem(error, program, ["run", flag])).toMatchObject({ code: "usage", facts: { problem } });
  }
});
