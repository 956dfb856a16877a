// Flavours of numbers, so that none is taken for another.

/** A count of bytes. The flavour only stops a mix-up with other units; plain numbers are accepted. */
export type Bytes = number & { readonly __unit?: "bytes" };
/** A count of tokens. */
export type Tokens = number & { readonly __unit?: "tokens" };
/** A duration in milliseconds. */
export type Milliseconds = number & { readonly __unit?: "ms" };
