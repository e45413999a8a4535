// What is due: payments, and subscriptions that end or renew themselves.
import type { Money } from "../graph/money.ts";

/** What happens on the day: a payment is due, or a subscription ends, renews itself, or ended and can still be renewed. */
export type DueKind = "overdue" | "payment" | "lastChance" | "expiry" | "renewal";

/** Something that is due. */
export interface Due {
  readonly key: string;
  readonly kind: DueKind;
  readonly day: string;
  /** What it is about: the number of an invoice, or a product. */
  readonly name: string;
  readonly href: string | null;
  readonly amount: Money | null;
}

const RANKS: Readonly<Record<DueKind, number>> = { overdue: 0, lastChance: 1, payment: 2, expiry: 2, renewal: 2 };

/** Return what is due in its order: overdue payments, what can only just be renewed, and then the nearest day first. */
export function inOrder(rows: readonly Due[]): readonly Due[] {
  return [...rows].sort((one, other) => RANKS[one.kind] - RANKS[other.kind] || one.day.localeCompare(other.day));
}
