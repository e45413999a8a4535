// The people of a change of many, as the graph takes them.
import { environment } from "../graph/environment.ts";
import type { Problem } from "../graph/problems.ts";
import type { Selection } from "../parts/selection.ts";
import type { MembersFilter } from "./__generated__/ByUserScreenQuery.graphql";

/** Return the selected people: their ids; or the filter, the exceptions, and how many the viewer saw. */
export function peopleOf({ selected, count }: Selection, filter: MembersFilter) {
  if (selected.kind === "some") return { userIds: selected.ids };
  return { filter, except: selected.except, expectedCount: count };
}

/** Return how the person is called that a problem of such a change is about; null if it is about nobody. */
export function nameIn({ selected }: Selection): (problem: Problem) => string | null {
  const ids = selected.kind === "some" ? selected.ids : selected.except;
  return ({ userId, row }) => {
    const id = userId ?? (row === null ? undefined : ids[row]);
    return id === undefined ? null : (shownName(id) ?? id);
  };
}

/** How the person is called that a problem is about, if it names them by their id; null if it is about nobody. */
export function nameById({ userId }: Problem): string | null {
  return userId === null ? null : (shownName(userId) ?? userId);
}

/** The name of a person whose row was shown; null if none was. */
function shownName(userId: string): string | null {
  const name: unknown = environment.getStore().getSource().get(userId)?.["name"];
  return typeof name === "string" ? name : null;
}
