// Lists that are needed to their end, page by page: a page has 100 rows at most.
import { fetchQuery } from "react-relay";
import type { GraphQLTaggedNode, OperationType } from "relay-runtime";
import { showFailure } from "../parts/toasts.ts";
import { dryRuns } from "./environment.ts";
import { RequestFailed } from "./network.ts";
import { useTried } from "./useTried.ts";

/** A page of a list, with the most important part of its place in the list. */
export interface Page<N> {
  readonly nodes: readonly N[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Reads the page after this place; the first one after null. Returns nothing if there is none. */
export type ReadPage<N> = (after: string | null) => Promise<Page<N> | null | undefined>;

/** Return all rows after this place, or as many as are enough; null if a page is missing, which a message has told. */
export async function readRows<N>(
  read: ReadPage<N>,
  after: string | null = null,
  enough: (rows: readonly N[]) => boolean = () => false,
): Promise<readonly N[] | null> {
  const rows: N[] = [];
  let place = after;
  do {
    const page: Page<N> | null | undefined = await read(place);
    if (!page) return null;
    rows.push(...page.nodes);
    place = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (place !== null && !enough(rows));
  return rows;
}

/** Return the rows of a list whose first page came with the screen. The others follow, also after the list changed. */
export function useAllRows<N>(
  first: (Page<N> & { readonly totalCount: number }) | null | undefined,
  read: ReadPage<N>,
): readonly N[] {
  const place = first?.pageInfo.hasNextPage ? first.pageInfo.endCursor : null;
  const state = first && place !== null ? `${first.totalCount} ${place}` : null;
  const others = useTried(state, () => readRows(read, place));
  return [...(first?.nodes ?? []), ...(others ?? [])];
}

/** Ask once; null if Usher refused, which a message has told. */
export async function ask<Q extends OperationType>(
  query: GraphQLTaggedNode,
  variables: Q["variables"],
): Promise<Q["response"] | null> {
  try {
    // Beside the store of the page: thousands of rows that nobody sees would stay in it.
    return (await fetchQuery<Q>(dryRuns, query, variables).toPromise()) ?? null;
  } catch (error) {
    showFailure(error instanceof RequestFailed ? error : new RequestFailed("INTERNAL", null));
    return null;
  }
}
