// The tile of a product: its name, what it is, what the viewer has of it, and its releases.
import type { ReactNode } from "react";
import { graphql, useFragment } from "react-relay";
import { useFormats } from "../words/formats.ts";
import { catalogueWords } from "../words/catalogue.ts";
import { useWords } from "../words/words.ts";
import type { PoolCounts_pool$key } from "./__generated__/PoolCounts_pool.graphql";
import type { ProductTile_product$data, ProductTile_product$key } from "./__generated__/ProductTile_product.graphql";
import { PoolCounts } from "./PoolCounts.tsx";
import "./ProductTile.css";

interface Props {
  readonly product: ProductTile_product$key;
  /** The state of the viewer's seat, as a badge. */
  readonly badge: ReactNode;
  /** The seats of the team, if the viewer may see them. */
  readonly pool: PoolCounts_pool$key | undefined;
  readonly children: ReactNode;
}

const PRODUCT = graphql`
  fragment ProductTile_product on Product {
    name
    description
    releases {
      id
      name
      releasedOn
    }
  }
`;

/** The tile of a product. */
export function ProductTile({ product, badge, pool, children }: Props) {
  const { name, description, releases } = useFragment(PRODUCT, product);
  return (
    <li className="product-tile">
      <div className="product-tile-head">
        <h3 dir="auto">{name}</h3>
        {badge}
      </div>
      {description !== "" && (
        <p className="quiet" dir="auto">
          {description}
        </p>
      )}
      {pool && <PoolCounts pool={pool} />}
      <div className="product-tile-body">{children}</div>
      <Releases releases={releases} />
    </li>
  );
}

function Releases({ releases }: Pick<ProductTile_product$data, "releases">) {
  const t = useWords(catalogueWords);
  const formats = useFormats();
  if (releases.length === 0) return <p className="quiet small">{t.noRelease}</p>;
  return (
    <details>
      <summary>{t.releases(releases.length)}</summary>
      <ul className="product-releases">
        {releases.map(({ id, name, releasedOn }) => (
          <li key={id}>
            <span dir="auto">{name}</span> <time dateTime={releasedOn}>{formats.date(releasedOn)}</time>
          </li>
        ))}
      </ul>
    </details>
  );
}
