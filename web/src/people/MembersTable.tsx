import { graphql, useFragment } from "react-relay";
import { Ago } from "../parts/Ago.tsx";
import { Badge } from "../parts/Badge.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import type { Selection } from "../parts/selection.ts";
import { Link } from "../router/Link.tsx";
import type { Sort } from "../router/search.ts";
import { useFormats } from "../words/formats.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { MembersTable_members$data, MembersTable_members$key } from "./__generated__/MembersTable_members.graphql";
import type { MembersColumn } from "./filter.ts";
import { MemberSeats } from "./MemberSeats.tsx";
import { member } from "./routes.ts";
import "./MembersTable.css";

const MEMBERS = graphql`
  fragment MembersTable_members on Member @relay(plural: true) {
    id
    role
    status
    joinedAt
    user {
      id
      name
      email
    }
    invitation {
      mailState
    }
    usage {
      lastUsedAt
    }
    ...MemberSeats_member
  }
`;

interface Props {
  readonly teamId: string;
  readonly members: MembersTable_members$key;
  readonly sort: Sort<MembersColumn>;
  readonly onSort: (sort: Sort<MembersColumn>) => void;
  readonly selection: Selection;
}

type Row = MembersTable_members$data[number];

/** The members of a page: role, seats and last use of each. The selection has the ids of the users. */
export function MembersTable({ teamId, members, sort, onSort, selection }: Props) {
  const t = useWords(peopleWords);
  const columns = useColumns(teamId);
  const rows = useFragment(MEMBERS, members);
  return (
    <div className="members-table">
      <Table
        label={t.members}
        rows={rows}
        keyOf={({ user }) => user.id}
        nameOf={({ user }) => user.name}
        columns={columns}
        sort={sort}
        onSort={onSort}
        selection={selection}
      />
    </div>
  );
}

function useColumns(teamId: string): readonly [Column<Row, MembersColumn>, ...Column<Row, MembersColumn>[]] {
  const t = useWords(peopleWords);
  const formats = useFormats();
  return [
    {
      title: t.name,
      sort: "name",
      cell: ({ id, user }) => (
        <Link href={member.href({ team: teamId, member: id })} dir="auto">
          {user.name}
        </Link>
      ),
    },
    { title: t.email, sort: "email", cell: ({ user: { email } }) => email !== null && <Address email={email} /> },
    { title: t.role, sort: "role", cell: ({ role }) => t.roles[role] },
    { title: t.status, sort: "status", cell: (row) => <Status row={row} /> },
    { title: t.seats, cell: (row) => <MemberSeats member={row} /> },
    { title: t.lastUsed, sort: "used", cell: (row) => <LastUsed row={row} /> },
    {
      title: t.joined,
      sort: "joined",
      cell: ({ joinedAt }) => <time className="nowrap" dateTime={joinedAt}>{formats.date(joinedAt)}</time>,
    },
  ];
}

/** An e-mail address. In a narrow column, its domain is on a line of its own. */
function Address({ email }: { readonly email: string }) {
  const at = email.lastIndexOf("@") + 1;
  return (
    <>
      {email.slice(0, at)}
      <wbr />
      {email.slice(at)}
    </>
  );
}

function Status({ row: { status, invitation } }: { readonly row: Row }) {
  const t = useWords(peopleWords);
  if (status === "PENDING" && invitation?.mailState === "REFUSED") return <Badge tone="bad">{t.mailRefused}</Badge>;
  return <Badge tone={status === "ACTIVE" ? "good" : "warn"}>{t.statuses[status]}</Badge>;
}

function LastUsed({ row: { usage } }: { readonly row: Row }) {
  const t = useWords(peopleWords);
  if (!usage) return null; // the viewer may not see it
  if (usage.lastUsedAt === null) return <span className="quiet">{t.never}</span>;
  return <Ago at={usage.lastUsedAt} />;
}
