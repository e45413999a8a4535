// The products of which the viewer holds a seat in the team: since when, used when, and why.
import { graphql, useFragment } from "react-relay";
import { Ago } from "../parts/Ago.tsx";
import { Badge } from "../parts/Badge.tsx";
import { Facts } from "../parts/Facts.tsx";
import { catalogueWords } from "../words/catalogue.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { HeldProducts_member$data, HeldProducts_member$key } from "./__generated__/HeldProducts_member.graphql";
import type { PoolCounts_pool$key } from "./__generated__/PoolCounts_pool.graphql";
import { ProductTile } from "./ProductTile.tsx";

interface Props {
  readonly member: HeldProducts_member$key;
  /** The pools of the team by the id of the product, as far as the viewer may see them. */
  readonly pools: ReadonlyMap<string, PoolCounts_pool$key>;
}

type Seat = HeldProducts_member$data["seats"]["nodes"][number];

const MEMBER = graphql`
  fragment HeldProducts_member on Member @argumentDefinitions(since: { type: "Date!" }) {
    seats(first: 100) {
      nodes {
        id
        assignedAt
        product {
          id
          name
          ...ProductTile_product
        }
        sources {
          kind
          since
          group {
            name
          }
        }
        usage(since: $since) {
          lastUsedAt
        }
      }
    }
  }
`;

/** The viewer's seats. */
export function HeldProducts({ member, pools }: Props) {
  const t = useWords(catalogueWords);
  const { seats } = useFragment(MEMBER, member);
  const sorted = seats.nodes.toSorted((one, other) => one.product.name.localeCompare(other.product.name));
  return (
    <>
      <h2>{t.yourSeats}</h2>
      <ul className="product-tiles" aria-label={t.yourSeats}>
        {sorted.map((seat) => (
          <ProductTile
            key={seat.id}
            product={seat.product}
            pool={pools.get(seat.product.id)}
            badge={<Badge tone="good">{t.youHold}</Badge>}
          >
            <SeatFacts seat={seat} />
          </ProductTile>
        ))}
      </ul>
    </>
  );
}

function SeatFacts({ seat: { assignedAt, usage, sources } }: { readonly seat: Seat }) {
  const t = useWords(catalogueWords);
  const formats = useFormats();
  const used = usage?.lastUsedAt;
  return (
    <Facts
      facts={[
        [t.since, assignedAt != null && <time dateTime={assignedAt}>{formats.date(assignedAt)}</time>],
        [t.lastUsed, used == null ? t.notUsed : <Ago at={used} />],
        [
          t.why,
          <ul key="why" className="product-sources">
            {sources.map((source, index) => (
              <li key={index}>
                <Source source={source} />
              </li>
            ))}
          </ul>,
        ],
      ]}
    />
  );
}

/** Why the viewer holds the seat. The name of a group is shown to those who may see groups. */
function Source({ source: { kind, since, group } }: { readonly source: Seat["sources"][number] }) {
  const t = useWords(catalogueWords);
  const formats = useFormats();
  return (
    <>
      {group ? (
        <>
          {t.throughGroup} <bdi>{group.name}</bdi>
        </>
      ) : (
        t.sources[kind]
      )}
      , <span className="quiet nowrap">{t.sinceDay(formats.date(since))}</span>
    </>
  );
}
