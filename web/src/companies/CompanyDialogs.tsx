// The dialogs of the page of a company. They are loaded when one opens.
import { graphql, useFragment } from "react-relay";
import type { Screen } from "../router/route.ts";
import type { CompanyDialogs_company$key } from "./__generated__/CompanyDialogs_company.graphql";
import type { CompanyDialogs_invoices$data, CompanyDialogs_invoices$key } from "./__generated__/CompanyDialogs_invoices.graphql";
import AnnounceDialog from "./AnnounceDialog.tsx";
import { ContractDialog } from "./ContractDialog.tsx";
import { CreditDialog } from "./CreditDialog.tsx";
import { PayDialog } from "./PayDialog.tsx";
import type { company as companyRoute } from "./routes.ts";
import { SubscriptionDialog } from "./SubscriptionDialog.tsx";

/** An invoice of which something is owed. */
export type UnpaidInvoice = CompanyDialogs_invoices$data["nodes"][number];

/* eslint-disable relay/unused-fields -- the dialogs read them */
const COMPANY = graphql`
  fragment CompanyDialogs_company on Company {
    id
    name
    contracts(first: 100) {
      nodes {
        id
        number
        currency
      }
    }
  }
`;

const INVOICES = graphql`
  fragment CompanyDialogs_invoices on CompanyInvoiceConnection {
    nodes {
      id
      number
      owed {
        ...money_money @relay(mask: false)
      }
    }
  }
`;

interface Props {
  readonly company: CompanyDialogs_company$key;
  readonly invoices: CompanyDialogs_invoices$key;
  readonly search: Screen<typeof companyRoute>["search"];
  readonly onClose: () => void;
}

/** The dialog that the address names. */
export default function CompanyDialogs({ company: of, invoices, search, onClose }: Props) {
  const company = useFragment(COMPANY, of);
  const { nodes } = useFragment(INVOICES, invoices);
  const [paid, credited] = [search.pay, search.credit].map((wanted) => nodes.find(({ id }) => id === wanted));
  if (paid) return <PayDialog invoice={paid} onClose={onClose} />;
  if (credited) return <CreditDialog invoice={credited} onClose={onClose} />;
  switch (search.dialog) {
    case "announce":
      return <AnnounceDialog company={company} onClose={onClose} />;
    case "contract":
      return <ContractDialog company={company.id} onClose={onClose} />;
    case "subscription":
      return <SubscriptionDialog company={company.id} contracts={company.contracts.nodes} onClose={onClose} />;
    case null:
      return null;
  }
}
