// What a converted model will do otherwise than the checkpoint it is made of.

/** @param step of its tokenizer, `the normalization NFC` */
export const sayLeftOut = (step: string): string =>
  `its tokenizer has ${step}, which llama.cpp does not do: texts that it would change become other tokens`;
