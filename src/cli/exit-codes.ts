// The exit codes of every command. Scripts depend on them: they never change their meaning.

export const EXIT_CODES = {
  0: "success",
  1: "unexpected failure: a bug; please report it",
  2: "usage: bad flag, argument or configuration",
  3: "model, file or revision not found",
  4: "sign-in or gated access needed",
  5: "license denied by policy, or not accepted",
  6: "does not fit: RAM, VRAM or disk",
  7: "network failed, or impossible with --offline",
  8: "integrity: checksum, truncated, malformed or hostile file",
  9: "runtime: no backend, unknown architecture, load or generation failed, wrong answer shape",
  10: "an evaluation, policy or benchmark gate was not met",
  129: "its terminal is gone (SIGHUP)",
  130: "interrupted by Ctrl-C, or declined at a prompt",
  143: "ended by SIGTERM",
} as const;

export type ExitCode = keyof typeof EXIT_CODES;
