// A home with the part that only tells what it was told, a model that reads images, and images to show it.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installFakePart } from "./fake-part.js";
import { writeGguf } from "./gguf-writer.js";
import { bmp, png } from "./images.js";
import { Home, type Result, type RunOptions } from "./oslm.js";
import { projector, textModel } from "./vision-pair.js";

export class ImageRoom {
  readonly home = new Home();
  readonly #data = join(this.home.path, ".local", "share", "oslm");
  readonly #loads = installFakePart(this.#data).loads;

  constructor() {
    writeFileSync(this.at("red.png"), png(30, 20));
    writeFileSync(this.at("blue.bmp"), bmp(8, 8));
    for (const name of ["text.gguf", "other.gguf"]) writeFileSync(this.at(name), writeGguf(textModel()));
    // Its header is in order, and no engine knows its tokenizer.
    const text = textModel();
    const metadata = { ...text.metadata, "tokenizer.ggml.model": "unheard of" };
    writeFileSync(this.at("unknown.gguf"), writeGguf({ ...text, metadata }));
    // The part refuses what is called broken.
    for (const name of ["mmproj.gguf", "broken-mmproj.gguf"]) writeFileSync(this.at(name), writeGguf(projector()));
  }

  at(name: string): string {
    return join(this.home.path, name);
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Result> {
    return this.home.run(args, { cwd: this.home.path, ...options });
  }

  /** A chat by lines with the model and its projector. */
  chat(lines: readonly string[], ...more: string[]): Promise<Result> {
    const stdin = lines.map((line) => `${line}\n`).join("");
    return this.run(["chat", "./text.gguf", "--mmproj", "mmproj.gguf", "-n", "4", "-c", "4096", ...more], { stdin });
  }

  /** So many times the part has loaded a model. */
  loaded(): number {
    return existsSync(this.#loads) ? readFileSync(this.#loads, "utf8").length : 0;
  }

  uninstall(): void {
    rmSync(join(this.#data, "images"), { recursive: true });
  }

  remove(): void {
    this.home.remove();
  }
}

/** What the part was told, where the last answer is that. */
export function toldPart(stdout: string): { readonly prompt: string; readonly images: readonly string[] } {
  return JSON.parse(stdout.match(/^\{.*\}$/gm)?.at(-1) ?? "null");
}
