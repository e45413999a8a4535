// Requests that wait for the person. If nobody is signed in any more, or Usher does not answer, a request is not given
// up: it waits until the person has signed in or asks to try again. So the page stays, and nothing typed is lost.
import { store } from "./store.ts";

/** What a request waits for: that the person signs in, or that Usher answers again. */
export type Hold = "signedOut" | "unreachable";

const waiting = new Map<Hold, { readonly released: Promise<void>; readonly release: () => void }>();

/** For what requests wait now. */
export const holds = store<ReadonlySet<Hold>>(new Set());

/** Wait for this. Several requests wait together. */
export function hold(kind: Hold): Promise<void> {
  const present = waiting.get(kind);
  if (present) return present.released;
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  const added = {
    released,
    release: () => {
      release(undefined);
    },
  };
  waiting.set(kind, added);
  holds.set(new Set(waiting.keys()));
  return added.released;
}

/** Let the requests that wait for this go on. */
export function release(kind: Hold): void {
  const present = waiting.get(kind);
  if (!present) return;
  waiting.delete(kind);
  holds.set(new Set(waiting.keys()));
  present.release();
}

addEventListener("online", () => {
  release("unreachable");
});
