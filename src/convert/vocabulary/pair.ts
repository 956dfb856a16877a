// What a vocabulary becomes: metadata of a GGUF file, in the order in which it is written.

type Scalar = string | number | boolean;

/** A list is an array of that type. */
export type MetadataPair = readonly [
  key: string,
  value: {
    readonly type: "string" | "uint8" | "uint32" | "int32" | "float32" | "bool";
    readonly value: Scalar | readonly Scalar[];
  },
];

export const text = (key: string, value: string): MetadataPair => [key, { type: "string", value }];
export const id = (key: string, value: number): MetadataPair => [key, { type: "uint32", value }];
export const flag = (key: string, value: boolean): MetadataPair => [key, { type: "bool", value }];
