import { PAGE_SIZES, pageVariables } from "../parts/paging.ts";
import { route } from "../router/route.ts";
import { choice, id, numberOf, place, text } from "../router/search.ts";
import companiesQuery from "./__generated__/CompaniesScreenQuery$parameters.ts";
import companyQuery from "./__generated__/CompanyScreenQuery$parameters.ts";

/** For the vendor's staff: the companies that buy. */
export const companies = route({
  name: "companies",
  path: "/companies",
  search: { search: text(), dialog: choice(["announce"]), size: numberOf(PAGE_SIZES), at: place() },
  query: companiesQuery,
  variables: (_, { search, at, size }) => ({ search, ...pageVariables(at, size) }),
  screen: () => import("./CompaniesScreen.tsx"),
});

/** For the vendor's staff: one company, and what was sold to it. */
export const company = route({
  name: "company",
  path: "/companies/:company",
  search: {
    dialog: choice(["contract", "subscription", "announce"]),
    /** The invoice of which a payment is to be recorded, or which is to be credited. */
    pay: id("invoice"),
    credit: id("invoice"),
    size: numberOf(PAGE_SIZES),
    at: place(),
  },
  query: companyQuery,
  variables: ({ company: team }, { at, size }) => ({ company: team, ...pageVariables(at, size) }),
  screen: () => import("./CompanyScreen.tsx"),
});

export const companiesRoutes = [companies, company];
