import { graphql, useFragment } from "react-relay";
import { type Column, Table } from "../parts/Table.tsx";
import { byUser } from "../people/routes.ts";
import { Link } from "../router/Link.tsx";
import { byProduct } from "../seats/routes.ts";
import { billingWords } from "../words/billing.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { PoolsTable_pools$data, PoolsTable_pools$key } from "./__generated__/PoolsTable_pools.graphql";
import "./PoolsTable.css";

interface Props {
  readonly teamId: string;
  readonly pools: PoolsTable_pools$key;
}

type Pool = PoolsTable_pools$data[number];

const POOLS = graphql`
  fragment PoolsTable_pools on Pool @relay(plural: true) {
    id
    total
    assigned
    available
    product {
      id
      name
    }
    waits {
      totalCount
    }
  }
`;

/** The seats of a team by product: all, assigned, available, and how many people wait for one. */
export function PoolsTable({ teamId, pools }: Props) {
  const t = useWords(billingWords);
  return (
    <Table
      label={t.seats}
      rows={useFragment(POOLS, pools)}
      keyOf={({ id }) => id}
      nameOf={({ product }) => product.name}
      columns={useColumns(teamId)}
    />
  );
}

function useColumns(teamId: string): readonly [Column<Pool, string>, ...Column<Pool, string>[]] {
  const t = useWords(billingWords);
  const formats = useFormats();
  return [
    {
      title: t.product,
      cell: ({ product }) => (
        <Link href={byUser.href({ team: teamId }, { product: product.id })} dir="auto">
          {product.name}
        </Link>
      ),
    },
    { title: t.poolSeats, number: true, cell: ({ total }) => formats.number(total) },
    { title: t.assigned, number: true, cell: ({ assigned }) => formats.number(assigned) },
    { title: t.available, number: true, cell: ({ available }) => formats.number(available) },
    {
      title: t.waiting,
      number: true,
      cell: ({ waits }) =>
        waits.totalCount > 0 ? (
          <Link href={byProduct.href({ team: teamId })}>{formats.number(waits.totalCount)}</Link>
        ) : (
          formats.number(0)
        ),
    },
    { title: t.share, cell: (pool) => <Share pool={pool} /> },
  ];
}

function Share({ pool: { assigned, total, product } }: { readonly pool: Pool }) {
  const t = useWords(billingWords);
  const formats = useFormats();
  return (
    <div className="pool-meter">
      <progress value={assigned} max={Math.max(total, 1)} aria-label={t.shareOf(product.name)} />
      <span className="quiet small">{formats.percent(total === 0 ? 0 : assigned / total)}</span>
    </div>
  );
}
