import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { ChoiceField } from "../parts/ChoiceField.tsx";
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
        sources {
          kind
        }
      }
      waits {
        id
      }
      pool {
        id
        available
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

const TEAM = graphql`
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
`;

interface Props extends BulkProps {
  readonly team: BulkSeatsDialog_team$key;
  readonly assign: boolean;
}

/** Assigns seats of a product to the selected people, or takes theirs back. */
export function BulkSeatsDialog({ team, assign, teamId, selection, filter, onClose }: Props) {
  const t = useWords(peopleWords);
  const [productId, setProductId] = useState("");
  const [mode, setMode] = useState<ShortageMode>("ALL_OR_NOTHING");
  const give = useAssignment();
  const take = useReturn();
  const send = (dryRun: boolean) => {
    const input = { teamId, productId, ...peopleOf(selection, filter), dryRun };
    return assign ? give({ ...input, mode }) : take({ ...input, mode: "BEST_EFFORT" });
  };
  const action = assign ? t.bulk.assign : t.bulk.unassign;
  const products = useProducts(team);
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
      <ChoiceField
        name="productId"
        label={t.product}
        value={productId}
        options={[{ id: "", text: t.choose }, ...products]}
        onChange={setProductId}
      />
      {assign && <ModeField value={mode} onChange={setMode} />}
    </ChangeDialog>
  );
}

/** The products of the team, each with its free seats. */
function useProducts(team: BulkSeatsDialog_team$key) {
  const { available: free } = useWords(seatsWords);
  const { number } = useFormats();
  const { pools } = useFragment(TEAM, team);
  return (pools ?? []).map(({ product, available, total }) => ({
    id: product.id,
    text: `${product.name} · ${free} ${number(available)} / ${number(total)}`,
  }));
}

type AssignInput = Omit<BulkSeatsDialogAssignMutation["variables"]["input"], "idempotencyKey" | "mode">;

function useAssignment() {
  const assign = useMutation<BulkSeatsDialogAssignMutation>(ASSIGN);
  const dry = useDryRun<BulkSeatsDialogAssignMutation>(ASSIGN);
  return async (input: AssignInput & { readonly mode: ShortageMode }) => {
    const payload = await (input.dryRun ? dry : assign).send(input);
    // The pool is as it is after the change.
    // Who has the seat of a group, too, held it before.
    const given = payload?.seats.filter(({ sources }) => sources.every(({ kind }) => kind === "DIRECT")) ?? [];
    const free = payload?.pool ? payload.pool.available + given.length : null;
    return payload && effectOf(payload, null, input.mode, free);
  };
}

type UnassignInput = Omit<BulkSeatsDialogUnassignMutation["variables"]["input"], "idempotencyKey">;

function useReturn() {
  const unassign = useMutation<BulkSeatsDialogUnassignMutation>(UNASSIGN);
  const dry = useDryRun<BulkSeatsDialogUnassignMutation>(UNASSIGN);
  return async (input: UnassignInput) => {
    const payload = await (input.dryRun ? dry : unassign).send(input);
    return payload && effectOf({ freed: payload.seats, promoted: payload.promoted, errors: payload.errors });
  };
}
