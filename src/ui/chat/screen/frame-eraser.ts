// Ink erases its frame from below: it goes down to the frame's last line, as it has counted them, and erases line by line upwards.
// A terminal that becomes lower drops the lines below the cursor; the way down then ends early, and the way up erases what was
// said before the frame. From the cursor up to the frame's first line it is the same way on every screen.

/** To the end of the frame, and each of its lines, upwards. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
const ERASES = /^((?:\u001b\[\?25l)?)(?:\u001b\[\d*B)?(?:\u001b\[1?G)?\u001b\[2K(?:\u001b\[1A\u001b\[2K)*\u001b\[G/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
const VERTICAL = /\n|\u001b\[(\d*)([AB])/g;

export class FrameEraser {
  /** So many lines below the first of the frame is the cursor. */
  #row = 0;

  /**
   * What to write instead of what Ink wrote. Where lines of the frame have become two on a narrower screen, the first of them
   * stay on it as a ghost: that nothing else is erased counts for more.
   */
  rewrite(text: string): string {
    const [erases, hides = ""] = ERASES.exec(text) ?? [];
    const rest = text.slice(erases?.length ?? 0);
    const up = this.#row > 0 ? `\u001b[${this.#row}A` : "";
    // What has lines of its own and erases none begins where the last that was written ended.
    if (erases !== undefined || rest.includes("\n")) this.#row = 0;
    for (const [step, count, way] of rest.matchAll(VERTICAL))
      this.#row += step === "\n" ? 1 : Number(count || 1) * (way === "A" ? -1 : 1);
    return erases === undefined ? text : `${hides}${up}\r\u001b[J${rest}`;
  }
}
