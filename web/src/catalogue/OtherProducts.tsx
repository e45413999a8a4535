// The products of the team of which the viewer holds no seat: the place on the waiting list, the request, or how to ask.
import { graphql, useFragment } from "react-relay";
import { Badge } from "../parts/Badge.tsx";
import { catalogueWords } from "../words/catalogue.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { OtherProducts_member$data, OtherProducts_member$key } from "./__generated__/OtherProducts_member.graphql";
import type { PoolCounts_pool$key } from "./__generated__/PoolCounts_pool.graphql";
import { ProductTile } from "./ProductTile.tsx";
import { RequestButton } from "./RequestButton.tsx";
import { RequestSeatDialog } from "./RequestSeatDialog.tsx";

interface Props {
  readonly member: OtherProducts_member$key;
  readonly pools: ReadonlyMap<string, PoolCounts_pool$key>;
  readonly teamId: string;
  /** Why the viewer may not ask for a seat; null if they may. */
  readonly reason: string | null;
  /** The product for which the dialog is open. */
  readonly asked: string | null;
  readonly onAsk: (productId: string | null) => void;
}

type Wait = OtherProducts_member$data["waits"][number];
type Request = OtherProducts_member$data["requests"]["nodes"][number];

const MEMBER = graphql`
  fragment OtherProducts_member on Member {
    requestableProducts {
      id
      name
      ...ProductTile_product
    }
    waits {
      position
      since
      product {
        id
      }
    }
    requests(last: 100) {
      nodes {
        state
        note
        createdAt
        answeredAt
        answer
        product {
          id
        }
        ...RequestButton_request
      }
    }
  }
`;

/** The products of the team of which the viewer holds no seat. */
export function OtherProducts({ member, pools, teamId, reason, asked, onAsk }: Props) {
  const t = useWords(catalogueWords);
  const { requestableProducts, waits, requests } = useFragment(MEMBER, member);
  const waitOf = new Map(waits.map((wait) => [wait.product.id, wait]));
  const requestOf = new Map(requests.nodes.map((request) => [request.product.id, request])); // the last one counts
  const isOpen = (productId: string) => requestOf.get(productId)?.state === "OPEN";
  const product = requestableProducts.find(({ id }) => id === asked && !waitOf.has(id) && !isOpen(id));
  return (
    <>
      <h2>{t.moreProducts}</h2>
      <ul className="product-tiles" aria-label={t.moreProducts}>
        {requestableProducts.map((one) => (
          <OtherProduct
            key={one.id}
            product={one}
            pool={pools.get(one.id)}
            wait={waitOf.get(one.id)}
            request={requestOf.get(one.id)}
            reason={reason}
            onAsk={() => onAsk(one.id)}
          />
        ))}
      </ul>
      {product && (
        <RequestSeatDialog
          teamId={teamId}
          productId={product.id}
          name={product.name}
          onClose={() => onAsk(null)}
        />
      )}
    </>
  );
}

interface ProductProps {
  readonly product: OtherProducts_member$data["requestableProducts"][number];
  readonly pool: PoolCounts_pool$key | undefined;
  readonly wait: Wait | undefined;
  /** The last request of the viewer. */
  readonly request: Request | undefined;
  readonly reason: string | null;
  readonly onAsk: () => void;
}

function OtherProduct({ product, pool, wait, request, reason, onAsk }: ProductProps) {
  return (
    <ProductTile product={product} pool={pool} badge={<State wait={wait} request={request} />}>
      {wait ? (
        <Place wait={wait} />
      ) : (
        <>
          {request && <Asked request={request} />}
          <RequestButton
            request={request?.state === "OPEN" ? request : null}
            name={product.name}
            reason={reason}
            onAsk={onAsk}
          />
        </>
      )}
    </ProductTile>
  );
}

function State({ wait, request }: { readonly wait: Wait | undefined; readonly request: Request | undefined }) {
  const t = useWords(catalogueWords);
  if (wait) return <Badge tone="warn">{t.youWait}</Badge>;
  if (request?.state === "OPEN") return <Badge tone="warn">{t.youAsked}</Badge>;
  return <Badge>{t.noSeat}</Badge>;
}

function Place({ wait: { position, since } }: { readonly wait: Wait }) {
  const t = useWords(catalogueWords);
  const formats = useFormats();
  return (
    <p>
      {t.place(position)} <span className="quiet nowrap">{t.sinceDay(formats.date(since))}</span>
    </p>
  );
}

/** The last request: still open, or denied. One that was withdrawn needs no words. */
function Asked({ request: { state, note, createdAt, answeredAt, answer } }: { readonly request: Request }) {
  const t = useWords(catalogueWords);
  const formats = useFormats();
  if (state === "OPEN") {
    return (
      <>
        <p>{t.askedOn(formats.date(createdAt))}</p>
        {note !== null && <p className="quote" dir="auto">{note}</p>}
      </>
    );
  }
  if (state !== "DENIED") return null;
  return (
    <>
      <p>{t.deniedOn(formats.date(answeredAt ?? createdAt))}</p>
      {answer !== null && <p className="quote" dir="auto">{answer}</p>}
    </>
  );
}
