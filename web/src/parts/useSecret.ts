import type { Problem } from "../graph/problems.ts";
import { useErrorTexts } from "../words/errors.ts";
import { showDone } from "./toasts.ts";

interface Payload {
  readonly errors: readonly Problem[];
}

/** Whether this answers a repeat of a mutation that made a secret. The first answer was lost, and the secret with it. */
export function isSecretLost(payload: Payload | null): boolean {
  return payload?.errors.some(({ code }) => code === "SECRET_SHOWN_ONCE") === true;
}

/**
 * Return what follows the answer of a mutation that makes a secret, such as a token or recovery codes. If the first
 * answer was lost, a message says so, and `onLost` leads on. What it returns says whether the mutation made one.
 */
export function useSecret<S>(
  onMade: (secret: S) => void,
  onLost: () => void,
): (payload: Payload | null, secret: S | null | undefined) => boolean {
  const texts = useErrorTexts();
  return (payload, secret) => {
    if (secret != null) {
      onMade(secret);
      return true;
    }
    if (!isSecretLost(payload)) return false;
    showDone(texts.problem({ code: "SECRET_SHOWN_ONCE", retryAfter: null, count: null }));
    onLost();
    return true;
  };
}
