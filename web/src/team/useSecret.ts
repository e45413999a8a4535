import type { Problem } from "../graph/problems.ts";
import { showDone } from "../parts/toasts.ts";
import { useErrorTexts } from "../words/errors.ts";

interface Payload {
  readonly secret: string | null;
  readonly errors: readonly Problem[];
}

/**
 * Return what follows the answer of a mutation that makes a secret. The answer to a repeat has none: if the first answer
 * was lost, a message says so, and the dialog closes as if it were kept.
 */
export function useSecret(onMade: (secret: string) => void, onClose: () => void): (payload: Payload | null) => void {
  const texts = useErrorTexts();
  return (payload) => {
    const repeat = payload?.errors.find(({ code }) => code === "SECRET_SHOWN_ONCE");
    if (payload?.secret != null) onMade(payload.secret);
    else if (repeat) {
      showDone(texts.problem(repeat));
      onClose();
    }
  };
}
