// What was spent by month, as the chart and its table show it: each of the last 12 months has a row.
import type { Money } from "../graph/money.ts";

/** What was spent in a month. `month` is its first day. */
export interface Spent {
  readonly month: string;
  readonly amount: Money;
}

const MONTHS = 12;

/** Return the last 12 months in each currency, the oldest first. A month that is missing gets an amount of 0. */
export function byCurrency(rows: readonly Spent[]): readonly { readonly currency: string; readonly months: readonly Spent[] }[] {
  const currencies = [...new Set(rows.map(({ amount }) => amount.currency))].sort();
  const months = [...new Set([...lastMonths(), ...rows.map(({ month }) => month)])].sort().slice(-MONTHS);
  return currencies.map((currency) => ({
    currency,
    months: months.map((month) => ({
      month,
      amount: rows.find((row) => row.month === month && row.amount.currency === currency)?.amount ?? {
        amount: "0",
        currency,
      },
    })),
  }));
}

/** The first days of the last 12 months, in UTC, as the graph counts them. */
function lastMonths(): readonly string[] {
  const now = new Date();
  return Array.from({ length: MONTHS }, (_, ago) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - ago, 1)).toISOString().slice(0, 10),
  );
}
