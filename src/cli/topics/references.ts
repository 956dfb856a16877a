// oslm help references

export function references(): string {
  return `How to name a model

  qwen2   qwen2:0.5b   mistral-7b   llama3.2:3b-q5_k_m     a name of the catalog [:size][-quantization]
  org/repo   org/repo:Q4_K_M   org/repo@revision:Q8_0      a repository on the Hub, quantization, revision
  org/repo/path/file.gguf                                  one file of it
  hf:...   hf.co/...   https://huggingface.co/...          the same, as other tools spell it
  https://host/model.gguf                                  a file of any web server, pulled with --sha256
  ./model.gguf                                             a file on this disk; oslm import gives it a name
  demo                                                     the embedded demo model
`;
}
