import { useState } from "react";
import { graphql } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { TextField } from "../parts/Field.tsx";
import { companiesWords } from "../words/companies.ts";
import { contractsWords } from "../words/contracts.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { ContractDialogMutation } from "./__generated__/ContractDialogMutation.graphql";
import { CheckedDialog } from "./CheckedDialog.tsx";

const CREATE = graphql`
  mutation ContractDialogMutation($input: CreateContractInput!) {
    createContract(input: $input) {
      contractId
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

interface Props {
  readonly company: string;
  readonly onClose: () => void;
}

/** Creates a contract of a company. */
export function ContractDialog({ company, onClose }: Props) {
  const t = useWords(companiesWords);
  const { taxRate, number } = useFormats();
  const [draft, setDraft] = useState({ currency: "EUR", tax: "0", grace: "0" });
  const create = useMutation<ContractDialogMutation>(CREATE);
  const dry = useDryRun<ContractDialogMutation>(CREATE);
  const [currency, rate, days] = [draft.currency.trim(), hundredths(draft.tax), daysIn(draft.grace)];
  const isFilled = rate !== null && days !== null && currency !== "";
  return (
    <CheckedDialog
      title={t.createContract}
      action={t.createContract}
      input={isFilled ? { teamId: company, currency, taxRate: rate, graceDays: days } : null}
      send={(input) => (input.dryRun ? dry : create).send(input)}
      effect={() => isFilled && <p>{t.wouldAgree(currency, taxRate(rate), number(days))}</p>}
      done={t.contractCreated}
      onClose={onClose}
    >
      <ContractFields draft={draft} onChange={setDraft} />
    </CheckedDialog>
  );
}

interface Draft {
  readonly currency: string;
  readonly tax: string;
  readonly grace: string;
}

/** The currency, the tax and the days of grace. */
function ContractFields({ draft, onChange }: { readonly draft: Draft; readonly onChange: (draft: Draft) => void }) {
  const t = useWords(companiesWords);
  const contracts = useWords(contractsWords);
  return (
    <>
      <TextField
        name="currency"
        label={contracts.currency}
        autoComplete="off"
        maxLength={3}
        value={draft.currency}
        onChange={({ target }) => onChange({ ...draft, currency: target.value })}
      />
      <TextField
        name="taxRate"
        label={t.taxInPercent}
        inputMode="decimal"
        autoComplete="off"
        value={draft.tax}
        onChange={({ target }) => onChange({ ...draft, tax: target.value })}
      />
      <TextField
        name="graceDays"
        label={contracts.graceDays}
        hint={t.graceHint}
        inputMode="numeric"
        autoComplete="off"
        value={draft.grace}
        onChange={({ target }) => onChange({ ...draft, grace: target.value })}
      />
    </>
  );
}

/** The number of days that a person typed, or null. */
function daysIn(typed: string): number | null {
  return /^[0-9]{1,4}$/.test(typed.trim()) ? Number(typed) : null;
}

/** The hundredths of a percent that a person typed, such as 1,900 for 19 or 770 for 7.7; null if it is none. */
function hundredths(typed: string): number | null {
  const found = /^([0-9]{1,4})(?:[.,]([0-9]{1,2}))?$/.exec(typed.trim());
  return found && Number(`${found[1] ?? ""}${(found[2] ?? "").padEnd(2, "0")}`);
}
