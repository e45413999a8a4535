// A change that is tried by a dry run before it is made.
import { useState } from "react";
import { type Problem, wasMade } from "../graph/problems.ts";
import { useTried } from "../graph/useTried.ts";
import { reload } from "../router/router.ts";

interface Answer {
  readonly errors: readonly Problem[];
}

/** What the change would do, or what it did; and how to make it. If the dry run failed, a press tries it again. */
export function useTriedChange<E extends Answer>(
  choice: string | null,
  send: (dryRun: boolean) => Promise<E | null>,
  onMade: (effect: E) => void,
) {
  const [attempt, setAttempt] = useState(0);
  const run = choice === null ? null : `${attempt} ${choice}`;
  const [failed, setFailed] = useState<string | null>(null);
  const tried = useTried(run, async () => {
    const effect = await send(true);
    setFailed(effect ? null : run);
    return effect;
  });
  const [made, setMade] = useState<{ readonly choice: string; readonly effect: E } | null>(null);
  const [sending, setSending] = useState(false);
  const isMade = made?.choice === choice;
  const shown = isMade ? made.effect : tried;
  const hasFailed = run !== null && failed === run && !shown;
  const press = async () => {
    if (hasFailed) {
      setAttempt(attempt + 1);
      return;
    }
    setSending(true);
    const effect = await send(false);
    setSending(false);
    if (!effect) return;
    setMade({ choice: choice ?? "", effect });
    if (wasMade(effect)) onMade(effect);
    else reload(); // some of it may be done
  };
  return { shown, isMade, failed: hasFailed, pending: sending || (choice !== null && !shown && !hasFailed), press };
}
