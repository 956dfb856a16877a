// The screen of a chat in Ink: what is done scrolls away, the frame below it is redrawn.
import { Static, Text, useCursor, useStdout } from "ink";
import { useSyncExternalStore } from "react";
import { frameOf, type View } from "./view.js";

export interface ViewStore {
  subscribe(listener: () => void): () => void;
  view(): View;
  /** Told how to write between what is done and the frame, which is drawn anew after it. */
  writes(write: (text: string) => void): void;
}

export function ViewApp({ store }: { readonly store: ViewStore }) {
  const view = useSyncExternalStore(
    (listener) => store.subscribe(listener),
    () => store.view(),
  );
  const { write } = useStdout();
  store.writes(write);
  const { setCursorPosition } = useCursor();
  const { text, cursor } = frameOf(view);
  setCursorPosition(cursor);
  return (
    <>
      <Static items={[...view.done]}>{(block, index) => <Text key={index}>{block}</Text>}</Static>
      <Text>{text}</Text>
    </>
  );
}
