// The keys of the chat on the screen, as help and docs/chat.md list them.

export const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ["Enter", "send"],
  ["Alt-Enter, Shift-Enter, Ctrl-J", 'new line; so does Enter after """, to the next """'],
  ["Left, Right, Ctrl-B, Ctrl-F", "by a letter; with Ctrl or Alt by a word"],
  ["Home, End, Ctrl-A, Ctrl-E", "to the ends of the line"],
  ["Up, Down", "by a line; beyond the first and the last, what was sent before"],
  ["Backspace, Delete", "a letter; with Ctrl or Alt, and Ctrl-W, a word"],
  ["Ctrl-U, Ctrl-K", "all before, all after the cursor on the line"],
  ["Tab", "complete a command"],
  ["Ctrl-G", "write in your editor ($VISUAL or $EDITOR)"],
  ["Ctrl-T", "show what the model thought last"],
  ["Ctrl-L", "redraw"],
  ["Ctrl-C", "stop the answer; clear what is written; twice leaves"],
  ["Ctrl-Z", "suspend; fg comes back"],
  ["Ctrl-D", "leave, when nothing is written"],
];

/** As lines for people. */
export function keysText(): string {
  const wide = Math.max(...KEYS.map(([keys]) => keys.length));
  return KEYS.map(([keys, does]) => `${keys.padEnd(wide)}  ${does}`).join("\n");
}
