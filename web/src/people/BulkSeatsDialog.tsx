import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { SelectField } from "../parts/Field.tsx";
import { ModeField, type ShortageMode } from "../seats/ModeField.tsx";
import { useFormats } from "../words/formats.ts";
import { peopleWords } from "../words/people.ts";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";
import type { BulkSeatsDialog_team$key } from "./__generated__/BulkSeatsDialog_team.graphql";
import type { BulkSeatsDialogAssignMutation } from "./__generated__/BulkSeatsDialogAssignMutation.graphql";
import type { BulkSeatsDialogUnassignMutation } from "./__generated__/BulkSeatsDialogUnassignMutation.graphql";
import { nameIn, peopleOf } from "./bulk.ts";
import type { BulkProps } from "./BulkDialogs.tsx";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { effectOf } from "./EffectList.tsx";

const ASSIGN = graphql`
  mutation BulkSeatsDialogAssignMutation($input: AssignSeatsInput!) {
    assignSeats(input: $input) {
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

const UNASSIGN = graphql`
  mutation BulkSeatsDialogUnassignMutation($input: UnassignSeatsInput!) {
    unassignSeats(input: $input) {
      seats {
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

interface Props extends BulkProps {
  readonly team: BulkSeatsDialog_team$key;
  readonly assign: boolean;
}

/** Assigns seats of a product to the selected people, or takes theirs back. */
export function BulkSeatsDialog({ team, assign, teamId, selection, filter, onClose }: Props) {
  const t = useWords(peopleWords);
  const seats = useWords(seatsWords);
  const { number } = useFormats();
  const { pools } = useFragment(
    graphql`
      fragment BulkSeatsDialog_team on Team {
        pools {
          available
          total
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
  const giving = useMutation<BulkSeatsDialogAssignMutation>(ASSIGN);
  const dryGiving = useDryRun<BulkSeatsDialogAssignMutation>(ASSIGN);
  const taking = useMutation<BulkSeatsDialogUnassignMutation>(UNASSIGN);
  const dryTaking = useDryRun<BulkSeatsDialogUnassignMutation>(UNASSIGN);
  const send = async (dryRun: boolean) => {
    const input = { teamId, productId, ...peopleOf(selection, filter), dryRun };
    if (assign) {
      const payload = await (dryRun ? dryGiving : giving).send({ ...input, mode });
      return payload && effectOf(payload);
    }
    const payload = await (dryRun ? dryTaking : taking).send({ ...input, mode: "BEST_EFFORT" });
    return payload && effectOf({ freed: payload.seats, promoted: payload.promoted, errors: payload.errors });
  };
  const action = assign ? t.bulk.assign : t.bulk.unassign;
  return (
    <ChangeDialog
      title={t.bulkTitle(action, selection.count)}
      action={action}
      danger={!assign}
      people={selection.count}
      send={send}
      choice={productId === "" ? null : `${productId} ${mode}`}
      nameOf={nameIn(selection)}
      done={t.bulkDone}
      onClose={onClose}
    >
      <SelectField
        name="productId"
        label={t.product}
        value={productId}
        onChange={({ target }) => {
          setProductId(target.value);
        }}
      >
        <option value="">{t.choose}</option>
        {(pools ?? []).map(({ product, available, total }) => (
          <option key={product.id} value={product.id}>
            {`${product.name} · ${seats.available} ${number(available)} / ${number(total)}`}
          </option>
        ))}
      </SelectField>
      {assign && <ModeField value={mode} onChange={setMode} />}
    </ChangeDialog>
  );
}
