import { graphql, useFragment } from "react-relay";
import { ResendButton } from "../invitations/ResendButton.tsx";
import { Badge } from "../parts/Badge.tsx";
import { Button, reasonOf } from "../parts/Button.tsx";
import { Copyable } from "../parts/Copyable.tsx";
import { Facts } from "../parts/Facts.tsx";
import { useFormats } from "../words/formats.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { MemberFacts_member$data, MemberFacts_member$key } from "./__generated__/MemberFacts_member.graphql";
import "./MemberFacts.css";

const MEMBER = graphql`
  fragment MemberFacts_member on Member {
    id
    role
    status
    joinedAt
    externalId
    team {
      id
    }
    user {
      name
      email
    }
    usage {
      lastUsedAt
    }
    invitation {
      expiresAt
      mailState
      mailReason
      ...ResendButton_invitation
    }
    changingRole: viewerCan(actions: [MEMBERS_CHANGE_ROLE]) {
      ...abilities_ability @relay(mask: false)
    }
  }
`;

interface Props {
  readonly member: MemberFacts_member$key;
  readonly onRole: () => void;
}

/** Who a member is: role, status, address, last use; and the invitation, if they have not accepted it. */
export function MemberFacts({ member: of, onRole }: Props) {
  const t = useWords(peopleWords);
  const formats = useFormats();
  const member = useFragment(MEMBER, of);
  const { user, invitation, usage, externalId } = member;
  return (
    <>
      <Facts
        facts={[
          [t.role, <MemberRole key="role" member={member} onRole={onRole} />],
          [t.status, <MemberStatus key="status" member={member} />],
          ...(user.email === null ? [] : [[t.email, user.email] as const]),
          invitation
            ? [t.invitedUntil, formats.date(invitation.expiresAt)]
            : [t.joined, formats.date(member.joinedAt)],
          // Null if the viewer may not see it.
          ...(usage ? [[t.lastUsed, usage.lastUsedAt === null ? t.never : formats.ago(usage.lastUsedAt)] as const] : []),
          ...(externalId === null ? [] : [[t.externalId, <bdi key="externalId">{externalId}</bdi>] as const]),
          [t.memberId, <Copyable key="id" value={member.id} what={t.id} />],
        ]}
      />
      {invitation?.mailReason != null && (
        <p className="problem">
          {t.mailRefused}: <bdi>{invitation.mailReason}</bdi>
        </p>
      )}
    </>
  );
}

interface RoleProps {
  readonly member: MemberFacts_member$data;
  readonly onRole: () => void;
}

function MemberRole({ member: { role, changingRole }, onRole }: RoleProps) {
  const t = useWords(peopleWords);
  return (
    <span className="member-fact">
      {t.roles[role]}
      <Button look="plain" reason={reasonOf(changingRole, "MEMBERS_CHANGE_ROLE")} onClick={onRole}>
        {t.changeRole}
      </Button>
    </span>
  );
}

function MemberStatus({ member: { status, invitation, team, user } }: { readonly member: MemberFacts_member$data }) {
  const t = useWords(peopleWords);
  return (
    <span className="member-fact">
      <Badge tone={status === "ACTIVE" ? "good" : "warn"}>{t.statuses[status]}</Badge>
      {invitation?.mailState === "REFUSED" && <Badge tone="bad">{t.mailRefused}</Badge>}
      {invitation && <ResendButton invitation={invitation} teamId={team.id} name={user.name} />}
    </span>
  );
}
