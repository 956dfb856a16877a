// The images of a conversation: it names files, and what is sent are their bytes, as long as those are the same.
import { basename } from "node:path";
import type { SeenMessage } from "../../app/run/image-session.js";
import type { ReadImage } from "../../app/run/read-images.js";
import { isOslmError } from "../../errors.js";
import type { ShownImage } from "../../model/saved-chat.js";
import type { ChatMessage } from "../../ui/chat/conversation.js";
import { sanitizeLine } from "../../ui/sanitize.js";

export interface Looked {
  readonly messages: readonly SeenMessage[];
  /** Why images are left out; said once of each. */
  readonly lost: readonly string[];
}

export class ImageShelf {
  readonly #known: Map<string, ReadImage>;
  readonly #told = new Set<string>();

  /** @param read gives one that has been checked */
  constructor(
    private readonly read: (file: string) => Promise<ReadImage>,
    images: readonly ReadImage[],
  ) {
    this.#known = new Map(images.map((image) => [image.sha256, image]));
  }

  /** Reads a file that is to be shown. @throws OslmError what `read` throws */
  async take(file: string): Promise<ReadImage> {
    const image = await this.read(file);
    this.#known.set(image.sha256, image);
    return image;
  }

  /** The messages with the bytes of their images; those of other conversations are forgotten. @param blind why the model gets none */
  async messages(said: readonly ChatMessage[], blind: string | null): Promise<Looked> {
    const lost: string[] = [];
    const messages: SeenMessage[] = [];
    for (const { role, content, images: shown = [] } of said) {
      const images: ReadImage[] = [];
      for (const image of shown) {
        const found = blind ?? (await this.#find(image));
        if (typeof found !== "string") images.push(found);
        else if (!this.#told.has(`${image.sha256} ${found}`)) {
          this.#told.add(`${image.sha256} ${found}`);
          lost.push(`${sanitizeLine(basename(image.file))} is not sent any more: ${found}`);
        }
      }
      messages.push({ role, content, ...(images.length > 0 && { images }) });
    }
    this.#forget(said);
    return { messages, lost };
  }

  /** What is shown again is read again. */
  #forget(said: readonly ChatMessage[]): void {
    const kept = new Set<string>(said.flatMap(({ images = [] }) => images.map(({ sha256 }) => sha256)));
    for (const sha256 of this.#known.keys()) if (!kept.has(sha256)) this.#known.delete(sha256);
  }

  /** A reason where it cannot be had. */
  async #find({ file, sha256 }: ShownImage): Promise<ReadImage | string> {
    const known = this.#known.get(sha256);
    if (known !== undefined) return known;
    try {
      const image = await this.take(file);
      return image.sha256 === sha256 ? image : "the file has changed since it was shown";
    } catch (error) {
      if (!isOslmError(error)) throw error;
      if (isOslmError(error, "file-not-found")) return "the file is gone";
      return isOslmError(error, "bad-image") && error.facts.is === "too-large"
        ? `the file is too large: ${error.facts.reason}`
        : "the file is no image any more";
    }
  }
}
