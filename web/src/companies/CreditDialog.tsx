import { useState } from "react";
import { graphql } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { TextArea, TextField } from "../parts/Field.tsx";
import { billingWords } from "../words/billing.ts";
import { companiesWords } from "../words/companies.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { CreditDialogMutation } from "./__generated__/CreditDialogMutation.graphql";
import { minorUnits } from "./amount.ts";
import { CheckedDialog } from "./CheckedDialog.tsx";
import type { UnpaidInvoice } from "./CompanyDialogs.tsx";

const CREDIT = graphql`
  mutation CreditDialogMutation($input: CreditInvoiceInput!) {
    creditInvoice(input: $input) {
      invoice {
        owed {
          ...money_money @relay(mask: false)
        }
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

interface Props {
  readonly invoice: UnpaidInvoice;
  readonly onClose: () => void;
}

/** Corrects an invoice by a credit note, after the viewer has seen what is owed then. */
export function CreditDialog({ invoice: { number, owed }, onClose }: Props) {
  const t = useWords(companiesWords);
  const { money } = useFormats();
  const [draft, setDraft] = useState({ typed: "", reason: "" });
  const credit = useMutation<CreditDialogMutation>(CREDIT);
  const dry = useDryRun<CreditDialogMutation>(CREDIT);
  const [amount, reason] = [minorUnits(draft.typed, owed.currency), draft.reason.trim()];
  const isFilled = amount !== null && reason !== "";
  return (
    <CheckedDialog
      title={t.creditOf(number)}
      action={t.credit}
      input={isFilled ? { invoiceNumber: number, amount, reason } : null}
      send={(input) => (input.dryRun ? dry : credit).send(input)}
      effect={({ invoice }) =>
        amount !== null && invoice && <p>{t.wouldCredit(money({ ...owed, amount }), money(invoice.owed))}</p>
      }
      done={t.credited(number)}
      onClose={onClose}
    >
      <p>{t.creditHint(money(owed))}</p>
      <CreditFields draft={draft} currency={owed.currency} onChange={setDraft} />
    </CheckedDialog>
  );
}

interface Draft {
  readonly typed: string;
  readonly reason: string;
}

interface FieldsProps {
  readonly draft: Draft;
  readonly currency: string;
  readonly onChange: (draft: Draft) => void;
}

/** How much is not owed, and why. */
function CreditFields({ draft, currency, onChange }: FieldsProps) {
  const t = useWords(companiesWords);
  const billing = useWords(billingWords);
  return (
    <>
      <TextField
        name="amount"
        label={t.amountIn(currency)}
        inputMode="decimal"
        autoComplete="off"
        value={draft.typed}
        onChange={({ target }) => onChange({ ...draft, typed: target.value })}
      />
      <TextArea
        name="reason"
        label={billing.reason}
        hint={t.reasonHint}
        maxLength={500}
        value={draft.reason}
        onChange={({ target }) => onChange({ ...draft, reason: target.value })}
      />
    </>
  );
}
