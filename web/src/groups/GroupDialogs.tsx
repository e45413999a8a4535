import { lazy } from "react";
import { graphql, useFragment } from "react-relay";
import type { Selection } from "../parts/selection.ts";
import { withWords } from "../words/words.ts";
import type { GroupDialogs_group$key } from "./__generated__/GroupDialogs_group.graphql";
import type { GroupDialogs_team$key } from "./__generated__/GroupDialogs_team.graphql";
import { DeleteGroupDialog } from "./DeleteGroupDialog.tsx";
import { GiveProductDialog } from "./GiveProductDialog.tsx";
import { GroupNameDialog } from "./GroupNameDialog.tsx";
import { MoveMembersDialog } from "./MoveMembersDialog.tsx";
import { StopProductDialog } from "./StopProductDialog.tsx";
import { TakeOutDialog } from "./TakeOutDialog.tsx";

// It is the only one that finds people.
const AddMembersDialog = lazy(() => withWords(() => import("./AddMembersDialog.tsx")));

const TEAM = graphql`
  fragment GroupDialogs_team on Team {
    id
    ...GiveProductDialog_team
    ...MoveMembersDialog_team
  }
`;

const GROUP = graphql`
  fragment GroupDialogs_group on Group {
    id
    name
    products {
      id
      name
    }
    members(first: 1) {
      totalCount
    }
  }
`;

interface Props {
  readonly team: GroupDialogs_team$key;
  readonly group: GroupDialogs_group$key;
  readonly search: {
    readonly search: string;
    readonly dialog: "rename" | "delete" | "add" | "takeOut" | "move" | "give" | null;
    readonly stop: string | null;
  };
  readonly selection: Selection;
  readonly onClose: () => void;
}

/** A group, as its dialogs need it. */
export interface GroupOf {
  readonly id: string;
  readonly name: string;
  /** How many members it has, whatever is searched. */
  readonly size: number;
}

/** The dialog that the address of a group says is open. */
export default function GroupDialogs({ team: ofTeam, group: ofGroup, search, selection, onClose }: Props) {
  const team = useFragment(TEAM, ofTeam);
  const { id, name, products, members } = useFragment(GROUP, ofGroup);
  const group: GroupOf = { id, name, size: members.totalCount };
  const stopped = products.find((product) => product.id === search.stop);
  if (stopped) return <StopProductDialog group={group} product={stopped} onClose={onClose} />;
  switch (search.dialog) {
    case "rename":
      return <GroupNameDialog team={team.id} group={group} onClose={onClose} />;
    case "delete":
      return <DeleteGroupDialog team={team.id} group={group} onClose={onClose} />;
    case "add":
      return <AddMembersDialog team={team.id} group={group} onClose={onClose} />;
    case "give":
      return <GiveProductDialog team={team} group={group} given={products.map((one) => one.id)} onClose={onClose} />;
    case "takeOut":
      if (selection.count === 0) return null; // a link that somebody sent: it names nobody
      return <TakeOutDialog group={group} selection={selection} search={search.search} onClose={onClose} />;
    case "move":
      if (selection.count === 0) return null;
      return (
        <MoveMembersDialog team={team} group={group} selection={selection} search={search.search} onClose={onClose} />
      );
    default:
      return null;
  }
}
