// Amounts of money, as `formats.money` writes them. Spread with `@relay(mask: false)`.
import { graphql } from "relay-runtime";
import type { money_money$data } from "./__generated__/money_money.graphql";

/* eslint-disable relay/unused-fields -- `formats.money` reads them */
export const fragment = graphql`
  fragment money_money on Money {
    amount
    currency
  }
`;

/** A whole number of minor units, as text, and the currency. */
export type Money = Omit<money_money$data, " $fragmentType">;
