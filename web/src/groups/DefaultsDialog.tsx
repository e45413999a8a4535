import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { CheckField } from "../parts/Field.tsx";
import { ChangeDialog } from "../people/ChangeDialog.tsx";
import { effectOf } from "../people/EffectList.tsx";
import { ModeField, type ShortageMode } from "../seats/ModeField.tsx";
import { groupsWords } from "../words/groups.ts";
import { useWords } from "../words/words.ts";
import type { DefaultsDialog_team$key } from "./__generated__/DefaultsDialog_team.graphql";
import type { DefaultsDialogMutation } from "./__generated__/DefaultsDialogMutation.graphql";

const SET = graphql`
  mutation DefaultsDialogMutation($input: SetDefaultProductsInput!) {
    setDefaultProducts(input: $input) {
      seats {
        id
      }
      waits {
        id
      }
      freed {
        id
      }
      promoted {
        id
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

const TEAM = graphql`
  fragment DefaultsDialog_team on Team {
    id
    defaultProducts {
      id
      name
    }
    pools {
      product {
        id
        name
      }
    }
    members(first: 1) {
      totalCount
    }
  }
`;

interface Props {
  readonly team: DefaultsDialog_team$key;
  readonly onClose: () => void;
}

/** Chooses the products of which everybody in the team gets a seat. */
export function DefaultsDialog({ team: of, onClose }: Props) {
  const t = useWords(groupsWords);
  const team = useFragment(TEAM, of);
  const given = team.defaultProducts ?? [];
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set(given.map(({ id }) => id)));
  const [mode, setMode] = useState<ShortageMode>("WAITLIST");
  const set = useMutation<DefaultsDialogMutation>(SET);
  const dry = useDryRun<DefaultsDialogMutation>(SET);
  // A default without a pool stays in the list: it can only be taken out.
  const products = new Map([...given, ...(team.pools ?? []).map(({ product }) => product)].map((one) => [one.id, one.name] as const));
  const send = async (dryRun: boolean) => {
    const payload = await (dryRun ? dry : set).send({ teamId: team.id, productIds: [...ids], mode, dryRun });
    return payload && effectOf(payload, null, mode);
  };
  return (
    <ChangeDialog
      title={t.defaults}
      action={t.changeDefaults}
      people={team.members.totalCount}
      send={send}
      choice={[mode, ...[...ids].sort()].join()}
      nameOf={({ productId }) => (productId === null ? null : (products.get(productId) ?? null))}
      done={t.defaultsChanged}
      onClose={onClose}
    >
      <ProductChoice products={products} chosen={ids} onChange={setIds} />
      <ModeField value={mode} onChange={setMode} />
    </ChangeDialog>
  );
}

interface ChoiceProps {
  /** The names of the products, by their ids. */
  readonly products: ReadonlyMap<string, string>;
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
}

function ProductChoice({ products, chosen, onChange }: ChoiceProps) {
  const t = useWords(groupsWords);
  return (
    <fieldset>
      <legend className="hidden-text">{t.defaults}</legend>
      {[...products].map(([id, name]) => (
        <CheckField
          key={id}
          name={`product.${id}`}
          label={name}
          checked={chosen.has(id)}
          onChange={() => {
            const next = new Set(chosen);
            if (!next.delete(id)) next.add(id);
            onChange(next);
          }}
        />
      ))}
    </fieldset>
  );
}
