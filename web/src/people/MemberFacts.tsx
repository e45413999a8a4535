import { graphql, useFragment } from "react-relay";
import { ResendButton } from "../invitations/ResendButton.tsx";
import { Badge } from "../parts/Badge.tsx";
import { Button, reasonOf } from "../parts/Button.tsx";
import { Copyable } from "../parts/Copyable.tsx";
import { Facts } from "../parts/Facts.tsx";
import { useFormats } from "../words/formats.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { MemberFacts_member$key } from "./__generated__/MemberFacts_member.graphql";
import "./MemberFacts.css";

interface Props {
  readonly member: MemberFacts_member$key;
  readonly onRole: () => void;
}

/** Who a member is: role, status, address, last use; and the invitation, if they have not accepted it. */
export function MemberFacts({ member: of, onRole }: Props) {
  const t = useWords(peopleWords);
  const formats = useFormats();
  const member = useFragment(
    graphql`
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
    `,
    of,
  );
  const { invitation, usage } = member;
  const role = (
    <span className="member-fact">
      {t.roles[member.role]}
      <Button look="plain" reason={reasonOf(member.changingRole, "MEMBERS_CHANGE_ROLE")} onClick={onRole}>
        {t.changeRole}
      </Button>
    </span>
  );
  const status = (
    <span className="member-fact">
      <Badge tone={member.status === "ACTIVE" ? "good" : "warn"}>{t.statuses[member.status]}</Badge>
      {invitation?.mailState === "REFUSED" && <Badge tone="bad">{t.mailRefused}</Badge>}
      {invitation && <ResendButton invitation={invitation} teamId={member.team.id} name={member.user.name} />}
    </span>
  );
  return (
    <>
      <Facts
        facts={[
          [t.role, role],
          [t.status, status],
          ...(member.user.email === null ? [] : [[t.email, member.user.email] as const]),
          invitation
            ? [t.invitedUntil, formats.date(invitation.expiresAt)]
            : [t.joined, formats.date(member.joinedAt)],
          [t.lastUsed, usage?.lastUsedAt == null ? t.never : formats.ago(usage.lastUsedAt)],
          ...(member.externalId === null ? [] : [[t.externalId, member.externalId] as const]),
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
