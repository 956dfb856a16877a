// A package with the interface of @fugood/llama.node, which answers with what it was told, as JSON; words in the prompt make it fail.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SOURCE = `
const { appendFileSync } = require("node:fs");
const { join } = require("node:path");
console.log("[INFO] noise on the output, with the prompt in it");
appendFileSync(join(__dirname, "loads"), "x");
exports.loadModel = async (options) => {
  if (options.model.includes("broken-model")) {
    console.error("error loading model: the fake one is broken");
    throw new Error("failed to load model");
  }
  let stopped = false;
  return {
    stopCompletion: () => { stopped = true; },
    initMultimodal({ path }) {
      if (path.includes("broken")) throw new Error("Failed to initialize multimodal context");
      return true;
    },
    getMultimodalSupport: () => ({ vision: true, audio: false }),
    async tokenize(text, { media_paths }) {
      const damaged = media_paths.some((path) => Buffer.from(path.split(",")[1], "base64").includes("DAMAGED"));
      if (damaged || text.includes("UNDECODABLE")) throw new Error("Failed to load base64 media");
      const marks = text.split("<__media__>").length - 1;
      if (marks !== media_paths.length) throw new Error("Failed to tokenize text and media");
      const begins = text.startsWith("<s>") ? 1 : 0;
      const tokens = [1, ...Array(begins).fill(1), ...Array(text.length - 3 * begins + 16 * marks).fill(5)];
      return { tokens: Int32Array.from(tokens) };
    },
    async completion(asked, tell) {
      const { prompt, media_paths, ...rest } = asked;
      // Of a conversation the last question.
      const last = prompt.slice(Math.max(0, prompt.lastIndexOf("USER:")));
      stopped = false;
      if (last.includes("SLOW")) {
        for (let at = 0; at < 400 && !stopped; at++) {
          tell({ token: "tick " });
          await new Promise((r) => setTimeout(r, 25));
        }
        return { text: "tick ", tokens_predicted: 1 };
      }
      if (last.includes("CRASH")) process.abort();
      if (last.includes("KILLED")) process.kill(process.pid, "SIGKILL");
      if (last.includes("FULL")) throw new Error("std::bad_alloc");
      if (last.includes("HANG")) { console.error("hanging"); for (;;) await new Promise((r) => setTimeout(r, 1000)); }
      if (last.includes("REFUSE")) throw new Error("Failed to evaluate chunks");
      const images = media_paths.map((path) => path.slice(0, path.indexOf(",")));
      const said = /SAY (.*) SAID/s.exec(last)?.[1];
      const text = said ?? (last.includes("YES") ? '{"red":true}' : JSON.stringify({ prompt, images, rest, options }));
      const half = Math.floor(text.length / 2);
      tell({ token: text.slice(0, half) });
      console.log("[INFO] more noise");
      tell({ token: text.slice(half, -1) });
      return { text, tokens_predicted: 7, stopped_eos: true, stopped_words: false };
    },
  };
};
`;

/** Installs it as oslm's own command would. @param folder where a home keeps oslm's data */
export function installFakePart(folder: string): { readonly loads: string } {
  const place = join(folder, "images", "node_modules", "@fugood", "llama.node");
  mkdirSync(place, { recursive: true });
  const manifest = { name: "@fugood/llama.node", version: "0.0.1", main: "index.js" };
  writeFileSync(join(place, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(place, "index.js"), SOURCE);
  return { loads: join(place, "loads") };
}
