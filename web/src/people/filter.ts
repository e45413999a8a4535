// What the address of the list of members says, as the graph takes it.
import { daysAgo } from "../router/days.ts";
import type { Sort } from "../router/search.ts";
import type { MembersFilter, MembersOrder } from "./__generated__/ByUserScreenQuery.graphql";

/** The columns by which members can be sorted, as the address names them. */
export const columns = ["name", "email", "role", "status", "joined", "used"] as const;

/** A column by which members can be sorted. */
export type MembersColumn = (typeof columns)[number];

const ORDER = {
  name: "NAME",
  email: "EMAIL",
  role: "ROLE",
  status: "STATUS",
  joined: "JOINED",
  used: "LAST_USED",
} as const;

/** The filters in the address. */
export interface MembersSearch {
  readonly search: string;
  readonly role: "USER" | "SOFTWARE_COORDINATOR" | "CONTRACT_MANAGER" | null;
  readonly status: "ACTIVE" | "PENDING" | null;
  readonly product: string | null;
  readonly without: string | null;
  readonly group: string | null;
  readonly mail: "REFUSED" | null;
  readonly unused: "30" | "90" | "180" | null;
}

/** Without any filter. */
export const noFilter: MembersSearch = {
  search: "",
  role: null,
  status: null,
  product: null,
  without: null,
  group: null,
  mail: null,
  unused: null,
};

/** Return the filter as the graph takes it. The same is sent to change all members that match. */
export function membersFilter(of: MembersSearch): MembersFilter {
  return {
    search: of.search || null,
    role: of.role,
    status: of.status,
    productId: of.product,
    withoutProductId: of.without,
    groupId: of.group,
    mailState: of.mail,
    // The start of a day: it does not change within a day, so that Back finds the same list.
    notUsedSince: of.unused && `${daysAgo(Number(of.unused))}T00:00:00Z`,
  };
}

/** Whether the address has a filter. */
export function isFiltered(of: MembersSearch): boolean {
  return Object.entries(noFilter).some(([name, none]) => of[name as keyof MembersSearch] !== none);
}

/** Return the order as the graph takes it. */
export function membersOrder({ column, descending }: Sort<MembersColumn>): MembersOrder {
  return { field: ORDER[column], descending };
}
