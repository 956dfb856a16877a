// The tensors of a model within what somebody saved: a state dictionary, or one in a training checkpoint.
import type { Refuse } from "./tensor-window.js";
import { DictValue, TensorValue, type Value } from "./values.js";

/** Where training programs put the weights beside their optimizer's, in order of preference. */
const WRAPPERS = ["state_dict", "model_state_dict", "model", "module"];
const MOST_WRAPPERS = 3;

/** The tensors by name. Other values beside them, as a version or an epoch, are left out. */
export function tensorsOf(saved: Value, refuse: Refuse): ReadonlyMap<string, TensorValue> {
  let value: Value | undefined = saved;
  for (let level = 0; level <= MOST_WRAPPERS && value instanceof DictValue; level++) {
    const tensors = tensorsIn(value, refuse);
    if (tensors.size > 0) return tensors;
    value = wrapped(value);
  }
  return refuse("it holds no tensors by name");
}

function tensorsIn(dict: DictValue, refuse: Refuse): ReadonlyMap<string, TensorValue> {
  const tensors = new Map<string, TensorValue>();
  for (const [index, key] of dict.keys.entries()) {
    const value = dict.values[index];
    if (!(value instanceof TensorValue)) continue;
    if (typeof key !== "string" || key === "") return refuse("a tensor has no name");
    if (tensors.has(key)) return refuse(`the tensor ${JSON.stringify(key.slice(0, 120))} is there twice`);
    tensors.set(key, value);
  }
  return tensors;
}

function wrapped(dict: DictValue): Value | undefined {
  const at = WRAPPERS.map((name) => dict.keys.indexOf(name)).find((index) => index >= 0);
  return at === undefined ? undefined : dict.values[at];
}
