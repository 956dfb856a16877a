// What a chat template knows of, told by the words that templates use for it.

export interface TemplateFacts {
  /** It writes the tools of a request into the prompt. */
  readonly tools: boolean;
  /** It has a place for thinking before the answer. */
  readonly thinking: boolean;
}

/**
 * `tools` is the variable that transformers and llama.cpp hand to a template; thinking is marked by tags (DeepSeek R1, Qwen 3), a switch
 * (`enable_thinking`) or a field of its own (`reasoning_content`, gpt-oss's `analysis` channel).
 */
export function templateFacts(template: string): TemplateFacts {
  return {
    tools: /\{[%{][^{}]*\b(?:custom_)?tools\b/.test(template),
    thinking: /<\/?think(?:ing)?>|\b(?:enable_)?thinking\b|\breasoning_content\b|<\|channel\|>analysis/.test(template),
  };
}
