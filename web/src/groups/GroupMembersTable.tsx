import { graphql, useFragment } from "react-relay";
import { type Column, Table } from "../parts/Table.tsx";
import type { Selection } from "../parts/selection.ts";
import { member as memberRoute } from "../people/routes.ts";
import { Link } from "../router/Link.tsx";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { GroupMembersTable_members$data, GroupMembersTable_members$key } from "./__generated__/GroupMembersTable_members.graphql";

const MEMBERS = graphql`
  fragment GroupMembersTable_members on Member @relay(plural: true) {
    id
    role
    user {
      id
      name
      email
    }
  }
`;

type Row = GroupMembersTable_members$data[number];

interface Props {
  readonly team: string;
  readonly members: GroupMembersTable_members$key;
  readonly selection: Selection;
}

/** The members of a group. The selection has the ids of the users. */
export function GroupMembersTable({ team, members, selection }: Props) {
  const t = useWords(peopleWords);
  const rows = useFragment(MEMBERS, members);
  const columns: readonly [Column<Row, never>, ...Column<Row, never>[]] = [
    {
      title: t.name,
      cell: ({ id, user }) => (
        <Link href={memberRoute.href({ team, member: id })} dir="auto">
          {user.name}
        </Link>
      ),
    },
    { title: t.email, cell: ({ user }) => <span className="nowrap">{user.email}</span> },
    { title: t.role, cell: ({ role }) => t.roles[role] },
  ];
  return (
    <Table
      label={t.members}
      rows={rows}
      keyOf={({ user }) => user.id}
      nameOf={({ user }) => user.name}
      columns={columns}
      selection={selection}
    />
  );
}
