// What `oslm` alone says: where to begin, on a small screen. `oslm --help` has all.
import { version } from "./version.js";

export const START = `oslm ${version}: pull, check, fit and run open large language models

Begin here:
  oslm run demo "How do I pull a model?"   a small model is included
  oslm recommend                           the best models for this machine

Then, with any model:
  oslm fit llama3.1:8b                     will it fit, how fast, and why
  oslm license llama3.1:8b                 what its license asks of you
  oslm pull qwen2.5:0.5b                   check, choose, download, verify
  oslm chat qwen2.5:0.5b                   talk with it
  git diff | oslm run qwen2.5:0.5b - "Write a commit message"

Other models: oslm catalog, oslm search WORDS
All commands: oslm --help; one of them: oslm help pull
`;
