// Which rows of a list are selected: some of them, or all that match the filter except some. It belongs to one list and
// one filter (`scope`): with another one it is empty, so it never leaks into another tab or onto rows nobody saw.
import { useEffect, useState } from "react";

type Kept =
  | { readonly kind: "some"; readonly ids: ReadonlySet<string> }
  | { readonly kind: "all"; readonly except: ReadonlySet<string> };

/** What an action on the selected rows sends: their ids, or the filter without the exceptions. */
export type Selected =
  | { readonly kind: "some"; readonly ids: readonly string[] }
  | { readonly kind: "all"; readonly except: readonly string[] };

/** The selection of a list. */
export interface Selection {
  readonly count: number;
  readonly has: (id: string) => boolean;
  readonly toggle: (id: string) => void;
  /** Select or leave all of these, the rows of a page. */
  readonly togglePage: (ids: readonly string[], select: boolean) => void;
  /** Select all rows that match the filter, on all pages. */
  readonly selectAll: () => void;
  readonly isAll: boolean;
  readonly clear: () => void;
  readonly selected: Selected;
}

const EMPTY: Kept = { kind: "some", ids: new Set() };

function changed(of: ReadonlySet<string>, ids: readonly string[], add: boolean): ReadonlySet<string> {
  const next = new Set(of);
  for (const id of ids) {
    if (add) next.add(id);
    else next.delete(id);
  }
  return next;
}

/** Return the selection of the list that `scope` names, with its filter. `total` is how many rows match the filter. */
export function useSelection(scope: string, total: number): Selection {
  const [state, setState] = useState({ scope, kept: EMPTY });
  // Forgotten at once: Back to the filter before does not bring it back unseen.
  if (state.scope !== scope) setState({ scope, kept: EMPTY });
  const kept = state.scope === scope ? state.kept : EMPTY;
  const keep = (next: Kept) => {
    setState({ scope, kept: next });
  };
  const has = (id: string) => (kept.kind === "some" ? kept.ids.has(id) : !kept.except.has(id));
  const set = (ids: readonly string[], select: boolean) => {
    if (kept.kind === "some") keep({ kind: "some", ids: changed(kept.ids, ids, select) });
    else keep({ kind: "all", except: changed(kept.except, ids, !select) });
  };
  return {
    count: kept.kind === "some" ? kept.ids.size : Math.max(0, total - kept.except.size),
    has,
    toggle: (id) => {
      set([id], !has(id));
    },
    togglePage: set,
    selectAll: () => {
      keep({ kind: "all", except: new Set() });
    },
    isAll: kept.kind === "all",
    clear: () => {
      keep(EMPTY);
    },
    selected: kept.kind === "some" ? { kind: "some", ids: [...kept.ids] } : { kind: "all", except: [...kept.except] },
  };
}

/** Close the open dialog about the selected rows if none is selected, as after a reload: the first tick must not open it. */
export function useDialogOfSelection(isOpen: boolean, { count }: Selection, close: () => void): void {
  const isAboutNothing = isOpen && count === 0;
  useEffect(() => {
    if (isAboutNothing) close();
    // `close` is another function in each rendering, and does the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isAboutNothing]);
}
