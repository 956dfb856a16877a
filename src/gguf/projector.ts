// What the header of a vision projector (mmproj) says: llama.cpp's tools/mtmd/clip.cpp reads these keys.
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";
import type { GgufHeader, MetadataValue } from "./values.js";

export interface Projector {
  /** `clip.projector_type`: mlp, gemma3, qwen2vl_merger ... */
  readonly kind: string;
  /** Bytes of the tensors. */
  readonly weights: Bytes;
  /** Of the vectors it gives; those of the model must be as wide. Null where the header does not say it so. */
  readonly width: number | null;
  /** Of the context, for each image; null where that depends on the image. */
  readonly tokens: number | null;
  /** What reading an image takes besides. */
  readonly compute: Bytes;
}

/** LLaVA's own, which see each image as a square of one size. */
const LLAVA: readonly string[] = ["mlp", "mlp_norm", "ldp", "ldpv2"];
/** Side of the squares that `adapter` kinds join into one token (clip.cpp, clip_n_output_tokens). */
const JOINS: Readonly<Record<string, number>> = { ldp: 2, ldpv2: 2, gemma3: 4 };
/** Where the size is not fixed: llama.cpp's largest, 4096 tokens of 2 x 2 patches (set_limit_image_tokens). */
const MOST_PATCHES = 4096 * 4;

/** @throws OslmError malformed-gguf for what is no projector for images, or makes no sense */
export function projectorOf(header: GgufHeader): Projector {
  const { metadata } = header;
  const fail = (reason: string): never => {
    throw new OslmError("malformed-gguf", { file: header.name, reason });
  };
  if (metadata.get("general.architecture") !== "clip") fail("the file is no projector for images (mmproj)");
  if (metadata.get("clip.has_vision_encoder") !== true) fail("the projector is not for images");
  const kind = metadata.get("clip.projector_type") ?? metadata.get("clip.vision.projector_type");
  if (typeof kind !== "string" || !/^[\w.-]{1,60}$/.test(kind)) return fail("the key clip.projector_type is missing");
  const whole = (key: string, most: number): number => {
    const value = metadata.get(`clip.vision.${key}`);
    return isWhole(value) && value <= most ? value : fail(`clip.vision.${key} is not a whole number up to ${most}`);
  };
  const patch = whole("patch_size", 65_535);
  if (patch === 0) fail("clip.vision.patch_size is 0");
  // 8192 is the engine's own bound.
  const side = whole("image_size", 8192);
  const forward = whole("feed_forward_length", 2 ** 20);
  const width = metadata.get("clip.vision.projection_dim");
  const fixed = LLAVA.includes(kind) || kind === "gemma3";
  const patches = fixed ? Math.floor(side / patch) ** 2 : MOST_PATCHES;
  const grid = metadata.get("clip.vision.image_grid_pinpoints") !== undefined;
  return {
    kind,
    weights: header.tensors.reduce((sum, { bytes }) => sum + bytes, 0),
    width: isWhole(width) && fixed ? width : null,
    tokens: fixed && !grid ? Math.floor(patches / (JOINS[kind] ?? 1) ** 2) : null,
    // Two rows of the feed-forward network for each patch and the class, and the image: 18.0 + 1.3 MiB of ViT-L/14 with 336 pixels, as
    // the engine reserves ("CPU compute buffer size"). Flash attention keeps the rest small.
    compute: 2 * 4 * forward * (patches + 1) + 12 * (fixed ? side * side : patches * patch * patch),
  };
}

/** Does the model say nothing of how it was asked, as LLaVA's first conversions? Then it was in Vicuna's words. */
export function speaksVicuna({ kind }: Projector): boolean {
  return LLAVA.includes(kind);
}

function isWhole(value: MetadataValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
