// Pages of a list, as the graph reads them: by cursors, forwards and backwards.
import { useEffect } from "react";
import type { Place } from "../router/search.ts";

/** The sizes of a page that a person can choose. The first one is the default. */
export const PAGE_SIZES = [50, 25, 100] as const;

/** The arguments of a connection. */
export interface PageVariables {
  readonly first: number | null;
  readonly after: string | null;
  readonly last: number | null;
  readonly before: string | null;
}

const NONE: PageVariables = { first: null, after: null, last: null, before: null };

/** Return the arguments of a connection for the page at this place. */
export function pageVariables(place: Place, size: number): PageVariables {
  if (place === null) return { ...NONE, first: size };
  if (place === "end") return { ...NONE, last: size };
  return "after" in place ? { ...NONE, first: size, after: place.after } : { ...NONE, last: size, before: place.before };
}

/** If the rows of the page have gone meanwhile, go to the nearest page that has some. */
export function useSurvivingPage(place: Place, rows: number, total: number, go: (place: Place) => void): void {
  const gone = rows === 0 && total > 0 && place !== null;
  useEffect(() => {
    if (gone) go(typeof place === "object" && "after" in place ? "end" : null);
    // `go` is another function in each rendering, and does the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [gone, place]);
}
