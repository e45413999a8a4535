import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import type { Problem } from "../graph/problems.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Button, reasonOf } from "../parts/Button.tsx";
import { CheckField, SelectField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone } from "../parts/toasts.ts";
import { Outcomes } from "../people/Outcomes.tsx";
import { rolesFor } from "../people/rolesFor.ts";
import { invitationsWords } from "../words/invitations.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { InviteByHand_team$key } from "./__generated__/InviteByHand_team.graphql";
import type { InviteByHandMutation, Role } from "./__generated__/InviteByHandMutation.graphql";
import { PersonFields } from "./PersonFields.tsx";
import { type Draft, emptyDraft, leftOver } from "./drafts.ts";

const NONE: readonly Problem[] = [];

/** Invites a few people. Whoever cannot be invited stays in the form, with the reason, and stops nobody else. */
export function InviteByHand({ team: of }: { readonly team: InviteByHand_team$key }) {
  const t = useWords(invitationsWords);
  const people = useWords(peopleWords);
  const team = useTeam(of);
  const [drafts, setDrafts] = useState<readonly Draft[]>(() => [emptyDraft()]);
  const [problems, setProblems] = useState(NONE);
  const [told, setTold] = useState<{ readonly problems: readonly Problem[]; readonly emails: readonly string[] } | null>(null);
  const [role, setRole] = useState<Role>("USER");
  const [groupId, setGroupId] = useState("");
  const [waits, setWaits] = useState(false);
  const invite = useInvite();
  const send = async () => {
    const payload = await invite.send({
      teamId: team.id,
      people: drafts.map(({ email, firstName, lastName }) => ({
        email,
        firstName,
        lastName: lastName || null,
        role,
        ...(groupId !== "" && { groupIds: [groupId] }),
      })),
      mode: waits ? "WAITLIST" : "BEST_EFFORT",
      dryRun: false,
    });
    if (!payload) return;
    const left = leftOver(drafts, payload.errors);
    setDrafts(left.drafts.length > 0 ? left.drafts : [emptyDraft()]);
    setProblems(left.problems);
    setTold({ problems: left.others, emails: drafts.map(({ email }) => email) });
    if (payload.invitations.length > 0) showDone(t.invited(payload.invitations.length));
  };
  return (
    <Form
      problems={problems}
      label={t.invite}
      onSubmit={() => void send()}
      buttons={
        <Button type="submit" look="main" reason={reasonOf(team.inviting, "MEMBERS_INVITE")} pending={invite.pending}>
          {t.send(drafts.length)}
        </Button>
      }
    >
      {told && told.problems.length > 0 && (
        <Outcomes problems={told.problems} nameOf={({ row }) => (row === null ? null : (told.emails[row] ?? null))} />
      )}
      {problems.length > 0 && <p className="problem">{t.corrected}</p>}
      {drafts.map((draft, index) => (
        <PersonFields
          key={draft.key}
          index={index}
          draft={draft}
          onChange={(next) => {
            setDrafts(drafts.with(index, next));
          }}
          onRemove={
            drafts.length === 1
              ? null
              : () => {
                  setDrafts(drafts.toSpliced(index, 1));
                  setProblems(NONE); // their rows have other numbers now
                }
          }
        />
      ))}
      <p>
        <Button
          icon="plus"
          onClick={() => {
            setDrafts([...drafts, emptyDraft()]);
          }}
        >
          {t.addPerson}
        </Button>
      </p>
      <fieldset className="form">
        <legend>{t.forAll}</legend>
        <SelectField
          name="role"
          label={t.role}
          value={role}
          onChange={({ target }) => {
            setRole(target.value as Role);
          }}
        >
          {rolesFor(team.viewerRole, "USER").map((one) => (
            <option key={one} value={one}>
              {people.roles[one]}
            </option>
          ))}
        </SelectField>
        <SelectField
          name="groupIds"
          label={t.group}
          required={false}
          value={groupId}
          onChange={({ target }) => {
            setGroupId(target.value);
          }}
        >
          <option value="">{t.noGroup}</option>
          {(team.groups?.nodes ?? []).map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        {groupId !== "" && (
          <CheckField
            name="mode"
            label={people.waitIfFull}
            checked={waits}
            onChange={({ target }) => {
              setWaits(target.checked);
            }}
          />
        )}
      </fieldset>
    </Form>
  );
}

function useTeam(team: InviteByHand_team$key) {
  return useFragment(
    graphql`
      fragment InviteByHand_team on Team {
        id
        viewerRole
        inviting: viewerCan(actions: [MEMBERS_INVITE]) {
          ...abilities_ability @relay(mask: false)
        }
        groups(first: 100) {
          nodes {
            id
            name
          }
        }
      }
    `,
    team,
  );
}

function useInvite() {
  return useMutation<InviteByHandMutation>(graphql`
    mutation InviteByHandMutation($input: InviteMembersInput!) {
      inviteMembers(input: $input) {
        invitations {
          id
        }
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
}
