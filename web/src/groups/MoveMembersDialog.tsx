import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { wasMade } from "../graph/problems.ts";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { ChoiceField } from "../parts/ChoiceField.tsx";
import type { Selection } from "../parts/selection.ts";
import { useClosing } from "../parts/useClosing.ts";
import { nameIn, peopleOf } from "../people/bulk.ts";
import { ChangeDialog } from "../people/ChangeDialog.tsx";
import { effectOf } from "../people/EffectList.tsx";
import { ModeField, type ShortageMode } from "../seats/ModeField.tsx";
import { groupsWords } from "../words/groups.ts";
import { useWords } from "../words/words.ts";
import type { MoveMembersDialog_team$key } from "./__generated__/MoveMembersDialog_team.graphql";
import type { MoveMembersDialogMutation } from "./__generated__/MoveMembersDialogMutation.graphql";
import type { GroupOf } from "./GroupDialogs.tsx";
import { useGroups } from "./useGroups.ts";

const MOVE = graphql`
  mutation MoveMembersDialogMutation($input: MoveGroupMembersInput!) {
    moveGroupMembers(input: $input) {
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
  fragment MoveMembersDialog_team on Team {
    ...useGroups_team
  }
`;

interface Props {
  readonly team: MoveMembersDialog_team$key;
  readonly group: GroupOf;
  readonly selection: Selection;
  readonly search: string;
  readonly onClose: () => void;
}

/** Moves the selected people into another group. What both groups give, they keep. */
export function MoveMembersDialog({ team, group, selection, search, onClose }: Props) {
  const t = useWords(groupsWords);
  const others = useGroups(useFragment(TEAM, team)).filter(({ id }) => id !== group.id);
  const [to, setTo] = useState("");
  const [mode, setMode] = useState<ShortageMode>("ALL_OR_NOTHING");
  const move = useMove(group, selection, search);
  const done = useClosing(() => {
    selection.clear();
    onClose();
  });
  return (
    <ChangeDialog
      title={t.moveTitle(selection.count, group.name)}
      action={t.move}
      people={selection.count}
      send={(dryRun) => move({ toGroupId: to, mode, dryRun })}
      choice={to === "" ? null : `${to} ${mode}`}
      nameOf={nameIn(selection)}
      done={t.moved}
      onDone={done}
      onClose={onClose}
    >
      {others.length === 0 ? (
        <p>{t.noOtherGroup}</p>
      ) : (
        <ChoiceField
          name="toGroupId"
          label={t.moveTo}
          value={to}
          options={[{ id: "", text: t.choose }, ...others]}
          onChange={setTo}
        />
      )}
      <ModeField value={mode} onChange={setMode} />
    </ChangeDialog>
  );
}

interface Move {
  readonly toGroupId: string;
  readonly mode: ShortageMode;
  readonly dryRun: boolean;
}

/** Return how to move the selected people, of those that the search finds in the group. */
function useMove(group: GroupOf, selection: Selection, search: string) {
  const move = useMutation<MoveMembersDialogMutation>(MOVE);
  const dry = useDryRun<MoveMembersDialogMutation>(MOVE);
  return async (to: Move) => {
    const people = peopleOf(selection, { groupId: group.id, search: search || null });
    const payload = await (to.dryRun ? dry : move).send({ fromGroupId: group.id, ...people, ...to });
    const isStopped = to.mode === "ALL_OR_NOTHING" && !wasMade(payload);
    return payload && effectOf(payload, isStopped ? 0 : selection.count, to.mode);
  };
}
