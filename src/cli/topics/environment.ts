// oslm help environment

export function environment(): string {
  return `Environment

  HF_ENDPOINT        the Hub to use; default https://huggingface.co
  HF_TOKEN           token for gated and private models; else the file HF_TOKEN_PATH, else $HF_HOME/token,
                     which oslm auth login writes
  HF_HUB_CACHE       where model files are stored; default $HF_HOME/hub
  HF_HOME            default $XDG_CACHE_HOME/huggingface or ~/.cache/huggingface
  HF_HUB_DOWNLOAD_TIMEOUT
                     seconds of silence after which a connection is given up and tried again; default 30
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY
                     proxies, as curl reads them; http:// and https:// ones
  NODE_EXTRA_CA_CERTS
                     a file of further root certificates, for networks that have their own
  HF_HUB_OFFLINE     1 makes no network request, like --offline
  OLLAMA_MODELS      where Ollama keeps its models, which import and pull find; default ~/.ollama/models
  LLAMA_CACHE        the same of llama.cpp; LM Studio's folder is read from its settings
  OSLM_POLICY        an organization's license policy; counts besides /etc/oslm/policy.yaml and oslm.yaml
  OSLM_HOME          oslm's own state; default the XDG folders
  OSLM_ACCEPT_LICENSE
                     license ids that are accepted, as by --accept-license; separated by commas
  OSLM_PROMPT_CACHE  how much of the disk evaluated prompts may take; default 4GB, 0 keeps none
  NO_COLOR           not empty: no colors
  NO_PROGRESS, CI    not empty: no progress; CI also means that nobody can be asked
  OSLM_SCREEN_READER
                     not empty: plain lines, nothing redrawn; chats as with --plain
  VISUAL, EDITOR     the editor of a chat
`;
}
