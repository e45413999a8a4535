import { useState } from "react";
import { graphql } from "react-relay";
import { readProducts } from "../catalogue/allProducts.ts";
import { whole } from "../parts/whole.ts";
import { readRows } from "../graph/pages.ts";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { useTried } from "../graph/useTried.ts";
import { ChoiceField } from "../parts/ChoiceField.tsx";
import { CheckField, TextField } from "../parts/Field.tsx";
import { daysAgo } from "../router/days.ts";
import { companiesWords } from "../words/companies.ts";
import { contractsWords } from "../words/contracts.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { SubscriptionDialogMutation } from "./__generated__/SubscriptionDialogMutation.graphql";
import { minorUnits } from "./amount.ts";
import { CheckedDialog } from "./CheckedDialog.tsx";

const ADD = graphql`
  mutation SubscriptionDialogMutation($input: AddSubscriptionInput!) {
    addSubscription(input: $input) {
      subscriptionId
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

interface Contract {
  readonly id: string;
  readonly number: string;
  readonly currency: string;
}

interface Props {
  readonly company: string;
  /** The contracts that serve the company, the newest first. */
  readonly contracts: readonly Contract[];
  readonly onClose: () => void;
}

// Without a contract, Usher makes one in euros.
const DEFAULT_CURRENCY = "EUR";

/** Adds a subscription to a company. */
export function SubscriptionDialog({ company, contracts, onClose }: Props) {
  const t = useWords(companiesWords);
  const products = useTried(company, () => readRows(readProducts)) ?? [];
  const draft = useDraft();
  const [contractId, setContract] = useState(contracts[0]?.id ?? "");
  const currency = contracts.find(({ id }) => id === contractId)?.currency ?? DEFAULT_CURRENCY;
  const add = useMutation<SubscriptionDialogMutation>(ADD);
  const dry = useDryRun<SubscriptionDialogMutation>(ADD);
  const { productId, startsOn, endsOn, autoRenew } = draft.values;
  const [seats, unitPrice] = [whole(draft.values.seats), minorUnits(draft.values.price, currency)];
  const isFilled = productId !== "" && seats !== null && unitPrice !== null && startsOn !== "" && endsOn !== "";
  const term = { productId, startsOn, endsOn, autoRenew, contractId: contractId || null };
  const name = products.find(({ id }) => id === productId)?.name ?? "";
  return (
    <CheckedDialog
      title={t.addSubscription}
      action={t.addSubscription}
      input={isFilled ? { teamId: company, ...term, seats, unitPrice } : null}
      send={(input) => (input.dryRun ? dry : add).send(input)}
      effect={() => isFilled && <Effect {...{ seats, product: name, startsOn, endsOn, unitPrice, currency }} />}
      done={t.subscriptionAdded}
      onClose={onClose}
    >
      <ProductField products={products} value={productId} onChange={(value) => draft.set({ productId: value })} />
      {contracts.length > 0 && <ContractField contracts={contracts} value={contractId} onChange={setContract} />}
      <TermFields draft={draft} currency={currency} />
    </CheckedDialog>
  );
}

interface EffectProps {
  readonly seats: number;
  readonly product: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly unitPrice: string;
  readonly currency: string;
}

/** What would be added, and what it costs. */
function Effect({ seats, product, startsOn, endsOn, unitPrice, currency }: EffectProps) {
  const t = useWords(companiesWords);
  const { date, money } = useFormats();
  const amount = String(BigInt(unitPrice) * BigInt(seats));
  return (
    <>
      <p>{t.wouldAdd(seats, product, date(startsOn), date(endsOn))}</p>
      <p>{amount === "0" ? t.free : t.wouldCost(money({ amount, currency }))}</p>
    </>
  );
}

interface ChoiceProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function ProductField({ products, ...rest }: ChoiceProps & {
  readonly products: readonly { readonly id: string; readonly name: string }[];
}) {
  const t = useWords(companiesWords);
  const { product } = useWords(contractsWords);
  const options = [{ id: "", text: t.choose }, ...products.map(({ id, name }) => ({ id, text: name }))];
  return <ChoiceField name="productId" label={product} options={options} {...rest} />;
}

function ContractField({ contracts, ...rest }: ChoiceProps & { readonly contracts: readonly Contract[] }) {
  const t = useWords(companiesWords);
  const options = contracts.map(({ id, number, currency }) => ({ id, text: `${number} (${currency})` }));
  return <ChoiceField name="contractId" label={t.contract} options={options} {...rest} />;
}

/** Holds what is typed. A term is a year from today, unless the person says otherwise. */
function useDraft() {
  const [values, setValues] = useState({
    productId: "",
    seats: "1",
    price: "",
    startsOn: daysAgo(0),
    endsOn: daysAgo(-364),
    autoRenew: false,
  });
  return { values, set: (changed: Partial<typeof values>) => setValues({ ...values, ...changed }) };
}

/** The number of seats, the price, and the term. */
function TermFields({ draft: { values, set }, currency }: {
  readonly draft: ReturnType<typeof useDraft>;
  readonly currency: string;
}) {
  const t = useWords(companiesWords);
  const contracts = useWords(contractsWords);
  const field = (name: "seats" | "price" | "startsOn" | "endsOn") => ({
    value: values[name],
    autoComplete: "off",
    onChange: ({ target }: { readonly target: { readonly value: string } }) => set({ [name]: target.value }),
  });
  return (
    <>
      <TextField name="seats" label={t.seats} inputMode="numeric" {...field("seats")} />
      <TextField name="unitPrice" label={t.priceIn(currency)} inputMode="decimal" {...field("price")} />
      <TextField name="startsOn" label={contracts.startsOn} type="date" {...field("startsOn")} />
      <TextField name="endsOn" label={contracts.endsOn} type="date" {...field("endsOn")} />
      <CheckField
        name="autoRenew"
        label={contracts.renews}
        checked={values.autoRenew}
        onChange={({ target }) => set({ autoRenew: target.checked })}
      />
    </>
  );
}
