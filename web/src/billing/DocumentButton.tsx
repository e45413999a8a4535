import { useState } from "react";
import { graphql } from "react-relay";
import { ask } from "../graph/pages.ts";
import { Button } from "../parts/Button.tsx";
import { billingWords } from "../words/billing.ts";
import { useWords } from "../words/words.ts";
import type { DocumentButtonQuery } from "./__generated__/DocumentButtonQuery.graphql";

const DOCUMENT = graphql`
  query DocumentButtonQuery($order: ID!) {
    node(id: $order) {
      ... on Order {
        document {
          url
        }
      }
    }
  }
`;

/** Saves the invoice of an order as a PDF. The link lives for minutes, so it is asked for when it is needed. */
export function DocumentButton({ order }: { readonly order: string }) {
  const t = useWords(billingWords);
  const [pending, setPending] = useState(false);
  const save = async () => {
    setPending(true);
    const answer = await ask<DocumentButtonQuery>(DOCUMENT, { order });
    setPending(false);
    const url = answer?.node?.document?.url;
    if (url !== undefined) location.assign(url); // the answer is a file, so the page stays
  };
  return (
    <Button pending={pending} onClick={() => void save()}>
      {t.saveDocument}
    </Button>
  );
}
