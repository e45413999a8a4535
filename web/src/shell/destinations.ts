// Where the navigation leads, and which of it a person sees in a team. What they may do there, Usher's policy decides.
import { graphql, readInlineData } from "react-relay";
import { billing } from "../billing/routes.ts";
import { products } from "../catalogue/routes.ts";
import { companies } from "../companies/routes.ts";
import { contracts } from "../contracts/routes.ts";
import { explorer } from "../explorer/routes.ts";
import type { IconName } from "../parts/Icon.tsx";
import { byUser } from "../people/routes.ts";
import { profile } from "../access/routes.ts";
import { reporting } from "../usage/routes.ts";
import { settings } from "../team/routes.ts";
import type { destinations_team$key } from "./__generated__/destinations_team.graphql";
import { hasExplorer } from "./site.ts";

/** A place in the navigation. Its `id` is the name of its text and of its icon. */
export interface Destination {
  readonly id: IconName & ("products" | "people" | "billing" | "contracts" | "companies" | "reporting" | "team" | "profile" | "explorer");
  readonly href: string;
  /** The address of another part of the place, if it does not begin with `href`. */
  readonly also?: string;
}

// Read inline, because the way to another team asks for the places of a team that is not shown.
const fragment = graphql`
  fragment destinations_team on Team @inline {
    id
    viewerCan(actions: [POOLS_READ, CONTRACTS_READ, ORDERS_READ, AUDIT_READ, TOKENS_CREATE]) {
      action
      allowed
    }
  }
`;

/** Return the places that the viewer sees in a team; without a team, those of the person, who may be of the vendor's staff. */
export function destinationsOf(of: destinations_team$key | null, isStaff = false): readonly Destination[] {
  const team = of && readInlineData(fragment, of);
  const places: Destination[] = [];
  const add = (id: Destination["id"], href: string, also?: string) => {
    places.push({ id, href, ...(also !== undefined && { also }) });
  };
  if (team) {
    const params = { team: team.id };
    const may = new Set(team.viewerCan.filter(({ allowed }) => allowed).map(({ action }) => action));
    add("products", products.href(params));
    if (may.has("POOLS_READ")) add("people", byUser.href(params));
    // For those who see prices, the contracts are a part of Billing and Orders.
    if (may.has("ORDERS_READ")) add("billing", billing.href(params), contracts.href(params));
    else if (may.has("CONTRACTS_READ")) add("contracts", contracts.href(params));
    add("reporting", reporting.href(params));
    if (may.has("AUDIT_READ") || may.has("TOKENS_CREATE")) add("team", settings.href(params));
  }
  if (isStaff) add("companies", companies.href({}));
  add("profile", profile.href({}));
  if (hasExplorer) add("explorer", explorer.href({}));
  return places;
}
