import { graphql } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { nameById } from "../people/bulk.ts";
import { ChangeDialog } from "../people/ChangeDialog.tsx";
import { effectOf } from "../people/EffectList.tsx";
import { groupsWords } from "../words/groups.ts";
import { useWords } from "../words/words.ts";
import type { StopProductDialogMutation } from "./__generated__/StopProductDialogMutation.graphql";
import type { GroupOf } from "./GroupDialogs.tsx";

const STOP = graphql`
  mutation StopProductDialogMutation($input: UnassignGroupProductInput!) {
    unassignGroupProduct(input: $input) {
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

interface Props {
  readonly group: GroupOf;
  readonly product: { readonly id: string; readonly name: string };
  readonly onClose: () => void;
}

/** Lets a group give a product no more. */
export function StopProductDialog({ group, product, onClose }: Props) {
  const t = useWords(groupsWords);
  const stop = useMutation<StopProductDialogMutation>(STOP);
  const dry = useDryRun<StopProductDialogMutation>(STOP);
  const send = async (dryRun: boolean) => {
    const payload = await (dryRun ? dry : stop).send({ groupId: group.id, productId: product.id, dryRun });
    return payload && effectOf(payload);
  };
  return (
    <ChangeDialog
      title={t.stopTitle(product.name, group.name)}
      action={t.stopGiving}
      danger
      people={group.size}
      send={send}
      choice=""
      nameOf={nameById}
      done={t.stopped}
      onClose={onClose}
    />
  );
}
