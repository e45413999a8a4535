import { useState } from "react";
import { graphql } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { TextField } from "../parts/Field.tsx";
import { daysAgo } from "../router/days.ts";
import { billingWords } from "../words/billing.ts";
import { companiesWords } from "../words/companies.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { PayDialogMutation } from "./__generated__/PayDialogMutation.graphql";
import { minorUnits, typedAmount } from "./amount.ts";
import { CheckedDialog } from "./CheckedDialog.tsx";
import type { UnpaidInvoice } from "./CompanyDialogs.tsx";

const PAY = graphql`
  mutation PayDialogMutation($input: RecordPaymentInput!) {
    recordPayment(input: $input) {
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

/** Records a payment of an invoice, after the viewer has seen what is owed then. */
export function PayDialog({ invoice: { number, owed }, onClose }: Props) {
  const t = useWords(companiesWords);
  const { money } = useFormats();
  const [draft, setDraft] = useState({ typed: typedAmount(owed), receivedOn: daysAgo(0), reference: "" });
  const pay = useMutation<PayDialogMutation>(PAY);
  const dry = useDryRun<PayDialogMutation>(PAY);
  const amount = minorUnits(draft.typed, owed.currency);
  const [receivedOn, reference] = [draft.receivedOn, draft.reference.trim()];
  const isFilled = amount !== null && receivedOn !== "" && reference !== "";
  return (
    <CheckedDialog
      title={t.payOf(number)}
      action={t.pay}
      input={isFilled ? { invoiceNumber: number, amount, receivedOn, reference } : null}
      send={(input) => (input.dryRun ? dry : pay).send(input)}
      effect={({ invoice }) =>
        amount !== null && invoice && <p>{t.wouldPay(money({ ...owed, amount }), money(invoice.owed))}</p>
      }
      done={t.paid(number)}
      onClose={onClose}
    >
      <PayFields draft={draft} currency={owed.currency} onChange={setDraft} />
    </CheckedDialog>
  );
}

interface Draft {
  readonly typed: string;
  readonly receivedOn: string;
  readonly reference: string;
}

interface FieldsProps {
  readonly draft: Draft;
  readonly currency: string;
  readonly onChange: (draft: Draft) => void;
}

/** How much came, when, and with which reference. */
function PayFields({ draft, currency, onChange }: FieldsProps) {
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
      <TextField
        name="receivedOn"
        label={billing.receivedOn}
        type="date"
        value={draft.receivedOn}
        onChange={({ target }) => onChange({ ...draft, receivedOn: target.value })}
      />
      <TextField
        name="reference"
        label={billing.reference}
        hint={t.referenceHint}
        autoComplete="off"
        maxLength={100}
        value={draft.reference}
        onChange={({ target }) => onChange({ ...draft, reference: target.value })}
      />
    </>
  );
}
