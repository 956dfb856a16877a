// How kinds of models write their thinking before the answer {"a": 1}, and what their templates have of it.

export const THINKERS: readonly (readonly [name: string, answer: string, template: string])[] = [
  ["Qwen 3", '<think>why</think>{"a": 1}', "<think>"],
  ["Ministral", '[THINK]why[/THINK]{"a": 1}', "[THINK]"],
  ["Seed-OSS", '<seed:think>why</seed:think>{"a": 1}', "<seed:think>"],
  ["Command A", '<|START_THINKING|>why<|END_THINKING|>{"a": 1}', "<|START_THINKING|>"],
  ["Gemma 4", '<|channel>thoughtwhy<channel|>{"a": 1}', "<|channel>thought"],
  ["EXAONE Deep", '<thought>why</thought>{"a": 1}', "<thought>"],
  ["Marco-o1", '<Thought>why</Thought>{"a": 1}', "<Thought>"],
  ["Granite 3.2", 'Here is my thought process:whyHere is my response:{"a": 1}', "Here is my thought process:"],
  [
    "gpt-oss",
    '<|channel|>analysis<|message|>why<|end|><|start|>assistant<|channel|>final<|message|>{"a": 1}',
    "<|channel|>analysis<|message|>",
  ],
];
