import { graphql } from "react-relay";
import { EmptyState } from "../parts/EmptyState.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { Title } from "../parts/Title.tsx";
import { PeopleTabs } from "../people/PeopleTabs.tsx";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { useFormats } from "../words/formats.ts";
import { seatsWords } from "../words/seats.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import type { ByProductScreenQuery } from "./__generated__/ByProductScreenQuery.graphql";
import { type byProduct, pool as poolRoute } from "./routes.ts";

type Row = NonNullable<NonNullable<ByProductScreenQuery["response"]["team"]>["pools"]>[number];

export const query = graphql`
  query ByProductScreenQuery($team: ID!) @preloadable {
    ...Shell_query
    team(id: $team) {
      pools {
        id
        total
        assigned
        available
        product {
          id
          name
        }
        waits(first: 1) {
          totalCount
        }
      }
    }
  }
`;

/** User Management, by product: the pools of the team. */
export default function ByProductScreen({ data, params }: Screen<typeof byProduct>) {
  const t = useWords(seatsWords);
  const shell = useWords(shellWords);
  const columns = useColumns(params.team);
  const pools = data.team?.pools;
  if (!pools) return <NotFound />;
  return (
    <>
      <Title>{shell.people}</Title>
      <PeopleTabs team={params.team} current="byProduct" />
      {pools.length === 0 ? (
        <EmptyState title={t.noProducts} hint={t.noProductsHint} />
      ) : (
        <Table label={t.pools} rows={pools} keyOf={({ id }) => id} nameOf={({ product }) => product.name} columns={columns} />
      )}
    </>
  );
}

function useColumns(team: string): readonly [Column<Row, never>, ...Column<Row, never>[]] {
  const t = useWords(seatsWords);
  const { number } = useFormats();
  return [
    {
      title: t.product,
      cell: ({ id, product }) => (
        <Link href={poolRoute.href({ team, product: product.id, pool: id })} dir="auto">
          {product.name}
        </Link>
      ),
    },
    { title: t.total, number: true, cell: ({ total }) => number(total) },
    { title: t.assigned, number: true, cell: ({ assigned }) => number(assigned) },
    { title: t.available, number: true, cell: ({ available }) => number(available) },
    { title: t.waiting, number: true, cell: ({ waits }) => number(waits.totalCount) },
  ];
}
