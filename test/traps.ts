// What llama.cpp and node-llama-cpp 3.22 do that no user expects, each with the test that shows that oslm does not. Read it before you
// change how the engine is called; see what has changed when its version does.

/** What the engine does, the file of the test below `test/`, and its title as it is written there, or that of its case. */
export const TRAPS: readonly (readonly [trap: string, file: string, title: string])[] = [
  // Speed and memory.
  [
    "computes with at least four threads, which on two cores takes fifty times as long",
    "bin/decoding-process.test.ts",
    "has a thread for each core that it may use, and no more",
  ],
  [
    "makes each decode a job of Node's pool, and loses a fifth between its four threads",
    "bin/decoding-process.test.ts",
    "has one thread in Node's pool, unless the user wants more",
  ],
  [
    "tries its library in a second Node at every start",
    "bin/decoding-process.test.ts",
    "starts a second Node for a file it does not know, and no other time",
  ],
  [
    "holds K-quantized weights twice where the file is mapped",
    "bin/decoding-process.test.ts",
    "reads the file into memory where there is enough, in place of mapping it besides",
  ],
  [
    "makes a sampler for each evaluation, with 12 bytes for each token of the vocabulary",
    "bin/long-prompt.test.ts",
    "a prompt of many",
  ],
  [
    "takes the context that the model was trained with where none is asked for",
    "fit/plan-load.test.ts",
    "loads on the processor alone, with the default context",
  ],
  [
    "tells of a want of memory in its log alone",
    "bin/memory-limit.test.ts",
    "forced, one far too large ends with numbers and exit 6 all the same",
  ],
  // What it writes.
  [
    "writes its log to stdout",
    "bin/run-manners.test.ts",
    "9, 12, 15, 16, 20: a pipe gets the model's own bytes and nothing else, whatever is said besides",
  ],
  [
    "writes its log to stdout again once the library was started twice, whatever log function it has",
    "bin/decoding-process.test.ts",
    "writes no word of the engine to stdout, also where it starts the library again without a GPU",
  ],
  [
    "writes what is wrong with a grammar past the log to stderr, and dies of one that is nested deeply",
    "bin/run-schema.test.ts",
    "refuses schemas and grammars that cannot be used, with the place, before anything is loaded",
  ],
  // Being stopped.
  [
    "hears an abort only when the whole prompt is read",
    "runtime/interrupted-prompt.test.ts",
    "a long prompt that is stopped holds up the next one for a piece of it",
  ],
  ["computes on when the reader has left", "bin/run.test.ts", "10: ends quietly when the reader of its answer leaves"],
  ["keeps a process from ending while it computes", "bin/run.test.ts", "ends cleanly at %s"],
  [
    "keeps a process from ending while it makes a vector",
    "bin/embed.test.ts",
    "ends at once at Ctrl-C, whatever the engine computes",
  ],
  [
    "ends the process when a model is let go of whose draft still computes",
    "bin/draft.test.ts",
    "gives the same text, says with --verbose how many guesses were right, and marks the receipt",
  ],
  // Hostile or broken files.
  [
    "ends the process, or fails without a reason, over altered files: no or absurd layers, no width, no heads",
    "runtime/altered.test.ts",
    "refuses %s, before the engine sees it",
  ],
  [
    "says why a file cannot be loaded in its log alone, and late",
    "runtime/altered.test.ts",
    "leaves %s to the engine, which loads it or says why not",
  ],
  [
    "draws one token for ever from logits that are no numbers, and ends the process under a grammar",
    "bin/no-numbers.test.ts",
    "oslm %s says so and ends with 9: %#",
  ],
  [
    "asserts in 850 places, and nobody knows which of them a file can reach",
    "bin/rehearsal.test.ts",
    "stops a file that the reader takes and the engine does not, each time and forced as well",
  ],
  [
    "ends the process at the first token of a model without attention, a recurrent layer or a full one, where it expects some",
    "gguf/geometry.test.ts",
    "refuses a %s that lacks a kind of layer: %o",
  ],
  [
    "ends the process over a state that was cut off, hangs over a forged one, takes one with more behind it",
    "bin/prompt-cache.test.ts",
    "reads the prompt anew where a state was %s",
  ],
  [
    "takes the state of another model or quantization",
    "bin/prompt-cache.test.ts",
    "does not take a state for that of another file",
  ],
  [
    "renders chat templates without a limit: hours, or all memory",
    "bin/hostile-template.test.ts",
    "a template that %s ends with 9 and the reason, in seconds",
  ],
  [
    "renders a template that makes a huge range until V8 ends the process",
    "runtime/template.test.ts",
    "a range that would fill the memory",
  ],
  // What is asked of it, and silently not done.
  [
    "drops pattern and anyOf of a schema",
    "bin/run-schema.test.ts",
    "52: says with 9 what the grammar could not guide, by its path",
  ],
  ["makes of anyOf a grammar that allows one of them", "runtime/schema-to-grammar.test.ts", "anyOf"],
  [
    "forgets the beginning of a prompt that is longer than the context",
    "bin/run-length.test.ts",
    "refuses a prompt that is longer than the context, with numbers and ways",
  ],
  [
    "forgets the beginning when an answer fills the context",
    "bin/run-length.test.ts",
    "says that an answer was cut, and by what",
  ],
  [
    "forgets the beginning of a conversation",
    "pty/plain-chat.test.ts",
    "says what no longer fits the context, gives numbers for a message that cannot fit, and goes on",
  ],
  [
    "puts the prompt of a base model into the form of Llama 2",
    "bin/base-model.test.ts",
    "reads of a prompt no token more with run than with complete",
  ],
  ["makes vectors of any length", "bin/embed.test.ts", "makes a vector of each line, of length 1"],
  ["pools as the file says, which nothing shows", "bin/embed.test.ts", "pools as the header says"],
  [
    "pools the last part of a text that comes in two, or refuses it in its own words",
    "bin/embed.test.ts",
    "refuses a text that is too long, with its number and lengths, unless told to cut it",
  ],
  [
    "calls every adapter that it cannot use by one sentence",
    "bin/lora.test.ts",
    "refuses %s before anything is loaded",
  ],
  [
    "takes text in the middle for models that have no marks for it",
    "bin/complete.test.ts",
    "refuses to fill in the middle with a model that has no marks for it",
  ],
];
