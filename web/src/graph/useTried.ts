// Tries something whenever a choice changes, such as the dry run of a change.
import { useEffect, useRef, useState } from "react";

/** Return what `run` found for this choice; null until it is there, if it failed, or if nothing is chosen. */
export function useTried<T>(choice: string | null, run: () => Promise<T | null>): T | null {
  const [tried, setTried] = useState<{ readonly choice: string; readonly found: T | null } | null>(null);
  const last = useRef<Promise<unknown>>(Promise.resolve());
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (choice === null) return;
    let stale = false;
    // One after the other: a mutation that is running ignores a second call.
    last.current = last.current.then(async () => {
      if (stale) return;
      const found = await latest.current();
      setTried({ choice, found });
    });
    return () => {
      stale = true;
    };
  }, [choice]);
  return tried?.choice === choice ? tried.found : null;
}
