import type { MouseEvent } from "react";

/**
 * Return a handler that ignores the second press of a double click. A button that changes between two states needs it:
 * if the answer came in between, the second press would take back what the first one did.
 */
export function once(act: () => void): (event: MouseEvent) => void {
  return ({ detail }) => {
    if (detail < 2) act();
  };
}
