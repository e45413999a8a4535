import { lazy, Suspense } from "react";
import { graphql } from "react-relay";
import { Button, reasonOf } from "../parts/Button.tsx";
import { useSurvivingPage } from "../parts/paging.ts";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { companiesWords } from "../words/companies.ts";
import { useWords, withWords } from "../words/words.ts";
import { InvoicesSection } from "./InvoicesSection.tsx";
import { companies as companiesRoute, company as companyRoute } from "./routes.ts";
import { SalesSections } from "./SalesSections.tsx";

// Loaded when one opens, so that the screen is there sooner.
const CompanyDialogs = lazy(() => withWords(() => import("./CompanyDialogs.tsx")));

export const query = graphql`
  query CompanyScreenQuery($company: ID!, $first: Int, $after: String, $last: Int, $before: String) @preloadable {
    ...Shell_query
    viewer {
      viewerCan(actions: [CONTRACTS_CREATE, SUBSCRIPTIONS_ADD, ANNOUNCEMENTS_SEND, PAYMENTS_RECORD]) {
        ...abilities_ability @relay(mask: false)
      }
    }
    company(id: $company) {
      name
      ...SalesSections_company
      ...CompanyDialogs_company
      invoices(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          __typename
        }
        ...InvoicesSection_invoices
        ...CompanyDialogs_invoices
      }
    }
  }
`;

/** One company: what was sold to it, what it owes, and what the vendor's staff does about it. */
export default function CompanyScreen({ data, params, search }: Screen<typeof companyRoute>) {
  const change = changeSearch(companyRoute, params);
  const { company, viewer } = data;
  const invoices = company?.invoices;
  useSurvivingPage(search.at, invoices?.nodes.length ?? 0, invoices?.totalCount ?? 0, (at) =>
    change({ at }, { replace: true }),
  );
  if (!company || !viewer) return <NotFound />;
  const may = viewer.viewerCan;
  return (
    <>
      <Head
        name={company.name}
        reason={reasonOf(may, "ANNOUNCEMENTS_SEND")}
        onAnnounce={() => change({ dialog: "announce" })}
      />
      <InvoicesSection
        invoices={company.invoices}
        reason={reasonOf(may, "PAYMENTS_RECORD")}
        search={search}
        onChange={change}
      />
      <SalesSections
        company={company}
        reasons={{ contract: reasonOf(may, "CONTRACTS_CREATE"), subscription: reasonOf(may, "SUBSCRIPTIONS_ADD") }}
        onOpen={(dialog) => change({ dialog })}
      />
      {(search.dialog ?? search.pay ?? search.credit) !== null && (
        <Suspense>
          <CompanyDialogs
            company={company}
            invoices={company.invoices}
            search={search}
            onClose={() => change({ dialog: null, pay: null, credit: null }, { replace: true })}
          />
        </Suspense>
      )}
    </>
  );
}

interface HeadProps {
  readonly name: string;
  /** Why the viewer may not write to the company; null if they may. */
  readonly reason: string | null;
  readonly onAnnounce: () => void;
}

/** The name of the company, and the way back to all of them. */
function Head({ name, reason, onAnnounce }: HeadProps) {
  const t = useWords(companiesWords);
  const announce = (
    <Button reason={reason} onClick={onAnnounce}>
      {t.announce}
    </Button>
  );
  return (
    <>
      <p>
        <Link href={companiesRoute.href({})}>{t.allCompanies}</Link>
      </p>
      <Title aside={announce}>{name}</Title>
    </>
  );
}
