import { graphql, useFragment } from "react-relay";
import { catalogueWords } from "../words/catalogue.ts";
import { useWords } from "../words/words.ts";
import type { PoolCounts_pool$key } from "./__generated__/PoolCounts_pool.graphql";

const POOL = graphql`
  fragment PoolCounts_pool on Pool {
    available
    assigned
    waits(first: 1) {
      totalCount
    }
  }
`;

/** How many seats of a product are free and held, and how many people wait, for those who manage the team. */
export function PoolCounts({ pool }: { readonly pool: PoolCounts_pool$key }) {
  const t = useWords(catalogueWords);
  const { available, assigned, waits } = useFragment(POOL, pool);
  return (
    <ul className="pool-counts" aria-label={t.counts}>
      <li>{t.free(available)}</li>
      <li>{t.held(assigned)}</li>
      <li>{t.waiting(waits.totalCount)}</li>
    </ul>
  );
}
