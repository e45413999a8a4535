// The people of a change of many, as the graph takes them.
import { environment } from "../graph/environment.ts";
import type { Problem } from "../graph/problems.ts";
import type { Selection } from "../parts/selection.ts";
import type { MembersFilter } from "./__generated__/ByUserScreenQuery.graphql";

/** The selected people, and how many they are. */
export type People = Pick<Selection, "selected" | "count">;

/** Return the selected people without some of them. */
export function without({ selected, count }: People, people: readonly { readonly id: string }[]): People {
  const ids = people.map(({ id }) => id);
  const left = count - ids.length;
  if (selected.kind === "all") return { selected: { kind: "all", except: [...selected.except, ...ids] }, count: left };
  return { selected: { kind: "some", ids: selected.ids.filter((id) => !ids.includes(id)) }, count: left };
}

/** Return the selected people: their ids; or the filter, the exceptions, and how many the viewer saw. */
export function peopleOf({ selected, count }: People, filter: MembersFilter) {
  if (selected.kind === "some") return { userIds: selected.ids };
  return { filter, except: selected.except, expectedCount: count };
}

/** Return how the person is called that a problem of such a change is about; null if nobody of that name was shown. */
export function nameIn({ selected }: People): (problem: Problem) => string | null {
  const ids = selected.kind === "some" ? selected.ids : selected.except;
  return ({ userId, row }) => {
    const id = userId ?? (row === null ? undefined : ids[row]);
    return id === undefined ? null : shownName(id);
  };
}

/** How the person is called that a problem is about, if it names them by their id; null if they were not shown. */
export function nameById({ userId }: Problem): string | null {
  return userId === null ? null : shownName(userId);
}

/** The name of a person whose row was shown; null if none was. */
function shownName(userId: string): string | null {
  const name: unknown = environment.getStore().getSource().get(userId)?.["name"];
  return typeof name === "string" ? name : null;
}
