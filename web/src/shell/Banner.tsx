import { useSyncExternalStore } from "react";
import { holds, release } from "../graph/holds.ts";
import { useStore } from "../graph/store.ts";
import { Button } from "../parts/Button.tsx";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";

function follow(changed: () => void): () => void {
  addEventListener("online", changed);
  addEventListener("offline", changed);
  return () => {
    removeEventListener("online", changed);
    removeEventListener("offline", changed);
  };
}

/** Says that the device is offline or that Usher does not answer. The page stays as it is, and can be tried again. */
export function Banner() {
  const t = useWords(shellWords);
  const online = useSyncExternalStore(follow, () => navigator.onLine);
  const waits = useStore(holds).has("unreachable");
  return (
    // A dialog leaves it as it is.
    <div role="alert" className="banner-place" data-react-aria-top-layer>
      {(waits || !online) && (
        <div className="notice banner">
          {online ? t.unreachable : t.offline}
          {waits && (
            <Button
              onClick={() => {
                release("unreachable");
              }}
            >
              {t.tryAgain}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
