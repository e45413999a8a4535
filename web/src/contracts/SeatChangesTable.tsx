import { graphql, useFragment } from "react-relay";
import { Day } from "../parts/Day.tsx";
import { Section } from "../parts/Section.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { SeatChangesTable_subscription$key } from "./__generated__/SeatChangesTable_subscription.graphql";

interface Change {
  readonly key: string;
  readonly effectiveOn: string;
  readonly delta: number;
  /** The number of seats after it. */
  readonly seats: number;
}

const SUBSCRIPTION = graphql`
  fragment SeatChangesTable_subscription on Subscription {
    seatChanges {
      effectiveOn
      delta
    }
  }
`;

/** The changes of the number of seats of a subscription, the oldest first, with the number after each. */
export function SeatChangesTable({ subscription }: { readonly subscription: SeatChangesTable_subscription$key }) {
  const t = useWords(contractsWords);
  const { number } = useFormats();
  const { seatChanges } = useFragment(SUBSCRIPTION, subscription);
  const rows: readonly Change[] = seatChanges.map((change, index) => ({
    ...change,
    key: String(index),
    seats: seatChanges.slice(0, index + 1).reduce((sum, { delta }) => sum + delta, 0),
  }));
  const columns: readonly [Column<Change, never>, ...Column<Change, never>[]] = [
    { title: t.day, cell: ({ effectiveOn }) => <Day at={effectiveOn} /> },
    { title: t.change, number: true, cell: ({ delta }) => (delta > 0 ? `+${number(delta)}` : number(delta)) },
    { title: t.seatsAfter, number: true, cell: ({ seats }) => number(seats) },
  ];
  return (
    <Section title={t.seatChanges}>
      {rows.length > 0 ? (
        <Table
          label={t.seatChanges}
          rows={rows}
          keyOf={({ key }) => key}
          nameOf={({ effectiveOn }) => effectiveOn}
          columns={columns}
        />
      ) : (
        <p className="quiet">{t.noSeatChanges}</p>
      )}
    </Section>
  );
}
