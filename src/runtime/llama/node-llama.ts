// The classes of node-llama-cpp that the engine stands on. The build puts them into one file, without the parts that compile, download and
// chat (scripts/bundle.mjs): importing the package as it lies takes 300 ms, that file 40.
export { GgufInsights, Llama, LlamaContextSequence, LlamaGrammarEvaluationState, LlamaModel } from "node-llama-cpp";
