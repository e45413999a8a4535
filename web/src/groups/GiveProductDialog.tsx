import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { SelectField } from "../parts/Field.tsx";
import { ChangeDialog } from "../people/ChangeDialog.tsx";
import { effectOf } from "../people/EffectList.tsx";
import { nameById } from "../people/bulk.ts";
import { ModeField, type ShortageMode } from "../seats/ModeField.tsx";
import { groupsWords } from "../words/groups.ts";
import { useWords } from "../words/words.ts";
import type { GiveProductDialog_team$key } from "./__generated__/GiveProductDialog_team.graphql";
import type { GiveProductDialogMutation } from "./__generated__/GiveProductDialogMutation.graphql";
import type { GroupOf } from "./GroupDialogs.tsx";

const GIVE = graphql`
  mutation GiveProductDialogMutation($input: AssignGroupProductInput!) {
    assignGroupProduct(input: $input) {
      seats {
        id
      }
      waits {
        id
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

interface Props {
  readonly team: GiveProductDialog_team$key;
  readonly group: GroupOf;
  /** The ids of the products that it gives already. */
  readonly given: readonly string[];
  readonly onClose: () => void;
}

/** Lets a group give one more product to its members. */
export function GiveProductDialog({ team, group, given, onClose }: Props) {
  const t = useWords(groupsWords);
  const { pools } = useFragment(
    graphql`
      fragment GiveProductDialog_team on Team {
        pools {
          product {
            id
            name
          }
        }
      }
    `,
    team,
  );
  const [productId, setProductId] = useState("");
  const [mode, setMode] = useState<ShortageMode>("ALL_OR_NOTHING");
  const give = useMutation<GiveProductDialogMutation>(GIVE);
  const dry = useDryRun<GiveProductDialogMutation>(GIVE);
  const send = async (dryRun: boolean) => {
    const payload = await (dryRun ? dry : give).send({ groupId: group.id, productId, mode, dryRun });
    return payload && effectOf(payload);
  };
  const products = (pools ?? []).map(({ product }) => product).filter(({ id }) => !given.includes(id));
  return (
    <ChangeDialog
      title={t.giveTitle(group.name)}
      action={t.giveProduct}
      people={group.size}
      send={send}
      choice={productId === "" ? null : `${productId} ${mode}`}
      nameOf={nameById}
      done={t.given}
      onClose={onClose}
    >
      {products.length === 0 ? (
        <p>{t.allGiven}</p>
      ) : (
        <SelectField
          name="productId"
          label={t.product}
          value={productId}
          onChange={({ target }) => {
            setProductId(target.value);
          }}
        >
          <option value="">{t.choose}</option>
          {products.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      )}
      <ModeField value={mode} onChange={setMode} />
    </ChangeDialog>
  );
}
