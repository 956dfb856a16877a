// What weights come as that are quantized in memory.
export type RowType = "F32" | "F16" | "BF16";

export const WEIGHT_BYTES: Readonly<Record<RowType, number>> = { F32: 4, F16: 2, BF16: 2 };
