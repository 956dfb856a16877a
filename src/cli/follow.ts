// Long work as it goes on, and what comes of it.

/** Tells every event, and gives the result. A step that was broken off is ended, so that it removes what it has written. */
export async function follow<Event, Result>(
  events: AsyncGenerator<Event, Result>,
  tell: (event: Event) => void,
): Promise<Result> {
  try {
    for (;;) {
      const step = await events.next();
      if (step.done) return step.value;
      tell(step.value);
    }
  } finally {
    await events.return(undefined as never);
  }
}
