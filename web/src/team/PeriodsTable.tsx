import { graphql, useFragment } from "react-relay";
import { type Column, Table } from "../parts/Table.tsx";
import { useFormats } from "../words/formats.ts";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import type { PeriodsTable_periods$data, PeriodsTable_periods$key } from "./__generated__/PeriodsTable_periods.graphql";

type Period = PeriodsTable_periods$data[number];

const PERIODS = graphql`
  fragment PeriodsTable_periods on SeatPeriod @relay(plural: true) {
    holderId
    startedAt
    startedBy
    endedAt
    endedBy
    holder {
      name
    }
    seat {
      id
    }
  }
`;

/** The people who held a seat on a day, and from when to when. */
export function PeriodsTable({ periods }: { readonly periods: PeriodsTable_periods$key }) {
  const t = useWords(teamWords);
  const formats = useFormats();
  const columns: readonly [Column<Period, string>, ...Column<Period, string>[]] = [
    { title: t.holder, cell: (period) => <Holder period={period} /> },
    { title: t.from, cell: ({ startedAt }) => formats.moment(startedAt) },
    { title: t.givenBy, cell: ({ startedBy }) => <code className="small">{startedBy}</code> },
    { title: t.until, cell: ({ endedAt }) => (endedAt === null ? t.still : formats.moment(endedAt)) },
    { title: t.endedBy, cell: ({ endedBy }) => endedBy !== null && <code className="small">{endedBy}</code> },
    { title: t.seat, cell: ({ seat }) => seat && <code className="small">{seat.id}</code> },
  ];
  return (
    <Table
      label={t.tabs.history}
      rows={useFragment(PERIODS, periods)}
      keyOf={({ holderId, startedAt }) => `${holderId} ${startedAt}`}
      nameOf={({ holder, holderId }) => holder?.name ?? holderId}
      columns={columns}
    />
  );
}

function Holder({ period: { holder, holderId } }: { readonly period: Period }) {
  const t = useWords(teamWords);
  if (holder) return <bdi>{holder.name}</bdi>;
  return (
    <>
      {t.personLeft} <span className="quiet small">{holderId}</span>
    </>
  );
}
