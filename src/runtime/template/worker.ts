// The thread that templates run in: they may loop for ever, and then this thread is ended from outside.
import { parentPort } from "node:worker_threads";
import { renderTemplate, type TemplateInput } from "./render.js";

parentPort?.on("message", (input: TemplateInput) => {
  try {
    parentPort?.postMessage({ text: renderTemplate(input) });
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
