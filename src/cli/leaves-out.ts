// What is said of a model whose template drops what it is asked.

export const LEAVES_OUT =
  "the model's chat template leaves the question out: it answers without having read it; oslm complete needs no template";
