import { graphql, useFragment } from "react-relay";
import { Badge } from "../parts/Badge.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { member } from "../people/routes.ts";
import { Link } from "../router/Link.tsx";
import { useFormats } from "../words/formats.ts";
import { noticesWords } from "../words/notices.ts";
import { useWords } from "../words/words.ts";
import type { NoticesTable_notices$data, NoticesTable_notices$key } from "./__generated__/NoticesTable_notices.graphql";
import { subjectOf } from "./subject.ts";

type Notice = NoticesTable_notices$data[number];

const NOTICES = graphql`
  fragment NoticesTable_notices on Notice
  @relay(plural: true)
  @argumentDefinitions(team: { type: "ID!" }) {
    id
    kind
    stage
    subjectId
    createdAt
    delivery
    mailState
    mailReason
    recipient {
      name
      memberships(teamId: $team, first: 1) {
        nodes {
          id
        }
      }
    }
  }
`;

const TONES = { QUEUED: "warn", SENT: "good", REFUSED: "bad", DROPPED: "plain" } as const;

/** Notices: what each is about, who was told when and how, and what became of the mail. */
export function NoticesTable({ team, notices }: { readonly team: string; readonly notices: NoticesTable_notices$key }) {
  const t = useWords(noticesWords);
  const { moment } = useFormats();
  const columns: readonly [Column<Notice, never>, ...Column<Notice, never>[]] = [
    { title: t.what, cell: ({ kind, stage }) => <What kind={kind} stage={stage} /> },
    { title: t.about, cell: ({ subjectId }) => <About team={team} subjectId={subjectId} /> },
    { title: t.to, cell: ({ recipient }) => <Recipient team={team} recipient={recipient} /> },
    {
      title: t.when,
      cell: ({ createdAt }) => (
        <time className="nowrap" dateTime={createdAt}>
          {moment(createdAt)}
        </time>
      ),
    },
    { title: t.how, cell: ({ delivery }) => t.deliveries[delivery] },
    { title: t.mail, cell: ({ mailState, mailReason }) => <Mail state={mailState} reason={mailReason} /> },
  ];
  return (
    <Table
      label={t.notices}
      rows={useFragment(NOTICES, notices)}
      keyOf={({ id }) => id}
      nameOf={({ kind }) => t.kinds[kind]}
      columns={columns}
    />
  );
}

function What({ kind, stage }: Pick<Notice, "kind" | "stage">) {
  const t = useWords(noticesWords);
  return (
    <>
      {t.kinds[kind]}
      {stage !== null && <span className="quiet">: {t.stage(stage)}</span>}
    </>
  );
}

function About({ team, subjectId }: { readonly team: string; readonly subjectId: string }) {
  const t = useWords(noticesWords);
  const subject = subjectOf(team, subjectId);
  return subject && <Link href={subject.href}>{t.subjects[subject.kind]}</Link>;
}

function Recipient({ team, recipient }: { readonly team: string; readonly recipient: Notice["recipient"] }) {
  const t = useWords(noticesWords);
  if (!recipient) return <span className="quiet">{t.somebody}</span>;
  const [membership] = recipient.memberships.nodes;
  if (!membership) return <bdi>{recipient.name}</bdi>; // they have left the team
  return (
    <Link href={member.href({ team, member: membership.id })} dir="auto">
      {recipient.name}
    </Link>
  );
}

function Mail({ state, reason }: { readonly state: Notice["mailState"]; readonly reason: string | null }) {
  const t = useWords(noticesWords);
  return (
    <>
      <Badge tone={TONES[state]}>{t.mails[state]}</Badge>
      {reason !== null && (
        <>
          {" "}
          <bdi className="quiet small">{reason}</bdi>
        </>
      )}
    </>
  );
}
