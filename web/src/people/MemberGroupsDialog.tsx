import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { CheckField } from "../parts/Field.tsx";
import { showDone } from "../parts/toasts.ts";
import { useFormats } from "../words/formats.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { MemberGroupsDialog_member$key } from "./__generated__/MemberGroupsDialog_member.graphql";
import type { MemberGroupsDialog_team$key } from "./__generated__/MemberGroupsDialog_team.graphql";
import type { MemberGroupsDialogMutation } from "./__generated__/MemberGroupsDialogMutation.graphql";

const MEMBER = graphql`
  fragment MemberGroupsDialog_member on Member {
    team {
      id
    }
    user {
      id
      name
    }
    groups(first: 100) {
      nodes {
        id
      }
    }
  }
`;

const TEAM = graphql`
  fragment MemberGroupsDialog_team on Team {
    groups(first: 100) {
      nodes {
        id
        name
        products {
          name
        }
      }
    }
  }
`;

const UPDATE = graphql`
  mutation MemberGroupsDialogMutation($input: UpdateMemberInput!) {
    updateMember(input: $input) {
      member {
        ...MemberGroups_member
        ...MemberProducts_member
      }
      pools {
        id
        assigned
        available
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

interface Props {
  readonly member: MemberGroupsDialog_member$key;
  readonly team: MemberGroupsDialog_team$key;
  readonly onClose: () => void;
}

/** Puts a member into groups, and takes them out. The seats that groups give follow. */
export function MemberGroupsDialog({ member, team: ofTeam, onClose }: Props) {
  const t = useWords(peopleWords);
  const { groups, team, user } = useFragment(MEMBER, member);
  const present = new Set((groups?.nodes ?? []).map(({ id }) => id));
  // Only what is changed here: groups that others change meanwhile stay as they are.
  const [changed, setChanged] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [waits, setWaits] = useState(false);
  const update = useMutation<MemberGroupsDialogMutation>(UPDATE);
  const save = async () => {
    const kept = [...present].filter((id) => changed.get(id) !== false);
    const joined = [...changed].filter(([id, is]) => is && !present.has(id)).map(([id]) => id);
    const groupIds = [...kept, ...joined];
    const mode = waits ? "WAITLIST" : "ALL_OR_NOTHING";
    const payload = await update.send({ teamId: team.id, userId: user.id, groupIds, mode, dryRun: false });
    if (!payload?.member || payload.errors.some(({ isInformation }) => !isInformation)) return;
    showDone(t.groupsChanged(user.name));
    onClose(); // another address: the screen is read again
  };
  return (
    <Dialog title={t.groupsOf(user.name)} onClose={onClose}>
      <DialogForm
        action={t.save}
        pending={update.pending}
        problems={update.problems}
        onSubmit={() => void save()}
        onCancel={onClose}
      >
        <GroupChoice
          team={ofTeam}
          isIn={(id) => changed.get(id) ?? present.has(id)}
          onChange={(id, is) => setChanged(new Map(changed).set(id, is))}
        />
        <CheckField name="mode" label={t.waitIfFull} checked={waits} onChange={({ target }) => setWaits(target.checked)} />
      </DialogForm>
    </Dialog>
  );
}

interface ChoiceProps {
  readonly team: MemberGroupsDialog_team$key;
  readonly isIn: (groupId: string) => boolean;
  readonly onChange: (groupId: string, isIn: boolean) => void;
}

/** The groups of the team, each with what it gives. */
function GroupChoice({ team, isIn, onChange }: ChoiceProps) {
  const t = useWords(peopleWords);
  const { list } = useFormats();
  const { groups } = useFragment(TEAM, team);
  if (!groups || groups.nodes.length === 0) return <p className="quiet">{t.noGroups}</p>;
  return (
    <fieldset>
      <legend className="hidden-text">{t.groups}</legend>
      {groups.nodes.map(({ id, name, products }) => (
        <CheckField
          key={id}
          name={`group.${id}`}
          label={name}
          hint={products.length > 0 && t.gives(list(products.map((product) => product.name)))}
          checked={isIn(id)}
          onChange={({ target }) => onChange(id, target.checked)}
        />
      ))}
    </fieldset>
  );
}
