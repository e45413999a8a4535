import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { ChoiceField } from "../parts/ChoiceField.tsx";
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

const TEAM = graphql`
  fragment GiveProductDialog_team on Team {
    pools {
      product {
        id
        name
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
  const { pools } = useFragment(TEAM, team);
  const [productId, setProductId] = useState("");
  const [mode, setMode] = useState<ShortageMode>("ALL_OR_NOTHING");
  const give = useMutation<GiveProductDialogMutation>(GIVE);
  const dry = useDryRun<GiveProductDialogMutation>(GIVE);
  const send = async (dryRun: boolean) => {
    const payload = await (dryRun ? dry : give).send({ groupId: group.id, productId, mode, dryRun });
    return payload && effectOf(payload, null, mode);
  };
  const others = (pools ?? []).filter(({ product }) => !given.includes(product.id));
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
      {others.length === 0 ? (
        <p>{t.allGiven}</p>
      ) : (
        <ChoiceField
          name="productId"
          label={t.product}
          value={productId}
          options={[{ id: "", text: t.choose }, ...others.map(({ product }) => ({ id: product.id, text: product.name }))]}
          onChange={setProductId}
        />
      )}
      <ModeField value={mode} onChange={setMode} />
    </ChangeDialog>
  );
}
