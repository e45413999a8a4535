// Short messages at the edge of the page, for what happened. An error at a field belongs to its form instead.
import type { RequestFailed } from "../graph/network.ts";
import { type Problem, stopping } from "../graph/problems.ts";
import { store } from "../graph/store.ts";

/** A message. `undo` takes back what it tells. */
export interface Toast {
  readonly id: number;
  readonly content:
    | { readonly kind: "done"; readonly text: string; readonly undo: (() => void) | null }
    | { readonly kind: "refused"; readonly problem: Problem }
    | { readonly kind: "failed"; readonly code: string; readonly requestId: string | null };
}

const MOST = 4;
let last = 0;

/** The messages that are shown. */
export const toasts = store<readonly Toast[]>([]);

function show(content: Toast["content"]): void {
  last += 1;
  const before = toasts.get();
  // What is done goes first: an error may not have been read yet.
  const oldest = Math.max(0, before.findIndex((toast) => toast.content.kind === "done"));
  toasts.set([...(before.length < MOST ? before : before.toSpliced(oldest, 1)), { id: last, content }]);
}

/** Say that something is done, with `undo` if it can be taken back. */
export function showDone(text: string, undo: (() => void) | null = null): void {
  show({ kind: "done", text, undo });
}

/** Whether a change that has no form was made. If not, a message says what stopped it. */
export function succeeded<P extends { readonly errors: readonly Problem[] }>(payload: P | null): payload is P {
  if (!payload) return false; // a message has told it
  const [problem] = stopping(payload.errors);
  if (problem) show({ kind: "refused", problem });
  return problem === undefined;
}

/** Say that a request failed as a whole. */
export function showFailure({ code, requestId }: RequestFailed): void {
  show({ kind: "failed", code, requestId });
}

/** Take a message away. */
export function dismiss(id: number): void {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}
