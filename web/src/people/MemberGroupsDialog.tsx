import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { CheckField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone } from "../parts/toasts.ts";
import { partsWords } from "../words/parts.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { MemberGroupsDialog_member$key } from "./__generated__/MemberGroupsDialog_member.graphql";
import type { MemberGroupsDialog_team$key } from "./__generated__/MemberGroupsDialog_team.graphql";
import type { MemberGroupsDialogMutation } from "./__generated__/MemberGroupsDialogMutation.graphql";

interface Props {
  readonly member: MemberGroupsDialog_member$key;
  readonly team: MemberGroupsDialog_team$key;
  readonly onClose: () => void;
}

/** Puts a member into groups, and takes them out. The seats that groups give follow. */
export function MemberGroupsDialog({ member: of, team: ofTeam, onClose }: Props) {
  const t = useWords(peopleWords);
  const { cancel } = useWords(partsWords);
  const { groups, team, user } = useMember(of);
  const all = useGroups(ofTeam);
  const present = new Set((groups?.nodes ?? []).map(({ id }) => id));
  const [changed, setChanged] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [waits, setWaits] = useState(false);
  const update = useMutation<MemberGroupsDialogMutation>(graphql`
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
  `);
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
      <Form
        problems={update.problems}
        onSubmit={() => void save()}
        buttons={
          <>
            <Button onClick={onClose}>{cancel}</Button>
            <Button type="submit" look="main" pending={update.pending}>
              {t.save}
            </Button>
          </>
        }
      >
        {all.length === 0 && <p className="quiet">{t.noGroups}</p>}
        <fieldset>
          <legend className="hidden-text">{t.groups}</legend>
          {all.map(({ id, name, products }) => (
            <CheckField
              key={id}
              name={`group.${id}`}
              label={name}
              hint={products.length > 0 && t.gives(products.map((product) => product.name).join(", "))}
              checked={changed.get(id) ?? present.has(id)}
              onChange={({ target }) => {
                setChanged(new Map(changed).set(id, target.checked));
              }}
            />
          ))}
        </fieldset>
        <CheckField
          name="mode"
          label={t.waitIfFull}
          checked={waits}
          onChange={({ target }) => {
            setWaits(target.checked);
          }}
        />
      </Form>
    </Dialog>
  );
}

function useMember(member: MemberGroupsDialog_member$key) {
  return useFragment(
    graphql`
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
    `,
    member,
  );
}

function useGroups(team: MemberGroupsDialog_team$key) {
  const { groups } = useFragment(
    graphql`
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
    `,
    team,
  );
  return groups?.nodes ?? [];
}
