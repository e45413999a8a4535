import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import type { Problem } from "../graph/problems.ts";
import { useMutation } from "../graph/useMutation.ts";
import { useGroups } from "../groups/useGroups.ts";
import { Button, reasonOf } from "../parts/Button.tsx";
import { ChoiceField } from "../parts/ChoiceField.tsx";
import { CheckField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone } from "../parts/toasts.ts";
import { Outcomes } from "../people/Outcomes.tsx";
import { rolesFor } from "../people/rolesFor.ts";
import { invitationsWords } from "../words/invitations.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { InviteByHand_team$data, InviteByHand_team$key } from "./__generated__/InviteByHand_team.graphql";
import type { InviteByHandMutation, Role } from "./__generated__/InviteByHandMutation.graphql";
import { PersonFields } from "./PersonFields.tsx";
import { type Draft, emptyDraft, leftOver } from "./drafts.ts";

const TEAM = graphql`
  fragment InviteByHand_team on Team {
    id
    viewerRole
    inviting: viewerCan(actions: [MEMBERS_INVITE]) {
      ...abilities_ability @relay(mask: false)
    }
    ...useGroups_team
  }
`;

const INVITE = graphql`
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
`;

const NONE: readonly Problem[] = [];

/** What is to be known about people who are not in the form any more. */
interface Told {
  readonly problems: readonly Problem[];
  /** The addresses, by the rows that were sent. */
  readonly emails: readonly string[];
}

/** What all of them get. */
interface Shared {
  readonly role: Role;
  readonly groupId: string;
  /** Whether they wait for the seats of the group if there are none. */
  readonly waits: boolean;
}

/** Invites a few people. People who cannot be invited stay in the form, with the reason, and stop nobody else. */
export function InviteByHand({ team: of }: { readonly team: InviteByHand_team$key }) {
  const t = useWords(invitationsWords);
  const team = useFragment(TEAM, of);
  const [shared, setShared] = useState<Shared>({ role: "USER", groupId: "", waits: false });
  const { drafts, problems, told, change, send, pending } = useInvitation(team.id, shared);
  return (
    <Form
      problems={problems}
      label={t.invite}
      onSubmit={() => void send()}
      buttons={
        <Button type="submit" look="main" reason={reasonOf(team.inviting, "MEMBERS_INVITE")} pending={pending}>
          {t.send(drafts.length)}
        </Button>
      }
    >
      {told && told.problems.length > 0 && (
        <Outcomes problems={told.problems} nameOf={({ row }) => (row === null ? null : (told.emails[row] ?? null))} />
      )}
      {problems.length > 0 && <p className="problem">{t.corrected}</p>}
      <People drafts={drafts} onChange={change} />
      <ForAll team={team} shared={shared} onChange={setShared} />
    </Form>
  );
}

/** The people in the form, what is wrong with them, and how to invite them. */
function useInvitation(teamId: string, { role, groupId, waits }: Shared) {
  const t = useWords(invitationsWords);
  const [drafts, setDrafts] = useState<readonly Draft[]>(() => [emptyDraft()]);
  const [problems, setProblems] = useState(NONE);
  const [told, setTold] = useState<Told | null>(null);
  const invite = useMutation<InviteByHandMutation>(INVITE);
  const change = (next: readonly Draft[]) => {
    if (next.length < drafts.length) setProblems(NONE); // their rows have other numbers now
    setDrafts(next);
  };
  const send = async () => {
    const people = drafts.map(({ email, firstName, lastName }) => ({
      email,
      firstName,
      lastName: lastName || null,
      role,
      ...(groupId !== "" && { groupIds: [groupId] }),
    }));
    const payload = await invite.send({ teamId, people, mode: waits ? "WAITLIST" : "BEST_EFFORT", dryRun: false });
    if (!payload) return;
    const left = leftOver(drafts, payload.errors);
    const gone = new Set(drafts.filter((one) => !left.drafts.includes(one)).map(({ key }) => key));
    setDrafts((now) => orEmpty(now.filter(({ key }) => !gone.has(key)))); // others may have been entered meanwhile
    setProblems(left.problems);
    setTold({ problems: left.others, emails: drafts.map(({ email }) => email) });
    if (payload.invitations.length > 0) showDone(t.invited(payload.invitations.length));
  };
  return { drafts, problems, told, change, send, pending: invite.pending };
}

/** Return these people, or one without a name yet: the form is never empty. */
function orEmpty(drafts: readonly Draft[]): readonly Draft[] {
  return drafts.length > 0 ? drafts : [emptyDraft()];
}

interface PeopleProps {
  readonly drafts: readonly Draft[];
  readonly onChange: (drafts: readonly Draft[]) => void;
}

/** The fields for each person, and the button for one more. */
function People({ drafts, onChange }: PeopleProps) {
  const t = useWords(invitationsWords);
  return (
    <>
      {drafts.map((draft, index) => (
        <PersonFields
          key={draft.key}
          index={index}
          draft={draft}
          onChange={(next) => onChange(drafts.with(index, next))}
          onRemove={drafts.length === 1 ? null : () => onChange(drafts.toSpliced(index, 1))}
        />
      ))}
      <p>
        <Button icon="plus" onClick={() => onChange([...drafts, emptyDraft()])}>
          {t.addPerson}
        </Button>
      </p>
    </>
  );
}

interface ForAllProps {
  readonly team: InviteByHand_team$data;
  readonly shared: Shared;
  readonly onChange: (shared: Shared) => void;
}

/** The role and the group of all of them. */
function ForAll({ team, shared, onChange }: ForAllProps) {
  const t = useWords(invitationsWords);
  const { roles, waitIfFull } = useWords(peopleWords);
  const groups = useGroups(team);
  return (
    <fieldset className="form">
      <legend>{t.forAll}</legend>
      <ChoiceField
        name="role"
        label={t.role}
        value={shared.role}
        options={rolesFor(team.viewerRole, "USER").map((id) => ({ id, text: roles[id] }))}
        onChange={(role) => onChange({ ...shared, role })}
      />
      <ChoiceField
        name="groupIds"
        label={t.group}
        required={false}
        value={shared.groupId}
        options={[{ id: "", text: t.noGroup }, ...groups]}
        onChange={(groupId) => onChange({ ...shared, groupId })}
      />
      {shared.groupId !== "" && (
        <CheckField
          name="mode"
          label={waitIfFull}
          checked={shared.waits}
          onChange={({ target }) => onChange({ ...shared, waits: target.checked })}
        />
      )}
    </fieldset>
  );
}
