// All products by name, to choose one of them: there can be more than a page has.
import { graphql } from "react-relay";
import { ask, type Page } from "../graph/pages.ts";
import type { allProductsQuery } from "./__generated__/allProductsQuery.graphql";

/* eslint-disable relay/unused-fields -- `readRows` reads the pages */
const PRODUCTS = graphql`
  query allProductsQuery($after: String) {
    products(first: 100, after: $after) {
      nodes {
        id
        name
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

interface ProductName {
  readonly id: string;
  readonly name: string;
}

/** Read the page of products after this place; null if Usher refused, which a message has told. */
export async function readProducts(after: string | null): Promise<Page<ProductName> | null> {
  return (await ask<allProductsQuery>(PRODUCTS, { after }))?.products ?? null;
}
