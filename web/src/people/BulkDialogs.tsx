import { graphql, useFragment } from "react-relay";
import type { Selection } from "../parts/selection.ts";
import type { BulkDialogs_team$key } from "./__generated__/BulkDialogs_team.graphql";
import type { MembersFilter } from "./__generated__/ByUserScreenQuery.graphql";
import type { BulkAction } from "./BulkButtons.tsx";
import { BulkGroupDialog } from "./BulkGroupDialog.tsx";
import { BulkRemoveDialog } from "./BulkRemoveDialog.tsx";
import { BulkRoleDialog } from "./BulkRoleDialog.tsx";
import { BulkSeatsDialog } from "./BulkSeatsDialog.tsx";

interface Props {
  readonly team: BulkDialogs_team$key;
  readonly dialog: BulkAction;
  readonly selection: Selection;
  /** The filter of the list, for a selection of all that match. */
  readonly filter: MembersFilter;
  readonly onClose: () => void;
}

/** What each of these dialogs gets. */
export interface BulkProps {
  readonly teamId: string;
  readonly selection: Selection;
  readonly filter: MembersFilter;
  readonly onClose: () => void;
}

/** The dialog that changes the selected members. */
export default function BulkDialogs({ team: of, dialog, selection, filter, onClose }: Props) {
  const team = useFragment(
    graphql`
      fragment BulkDialogs_team on Team {
        id
        viewerRole
        ...BulkSeatsDialog_team
        ...BulkGroupDialog_team
      }
    `,
    of,
  );
  const props: BulkProps = { teamId: team.id, selection, filter, onClose };
  switch (dialog) {
    case "assign":
    case "unassign":
      return <BulkSeatsDialog key={dialog} {...props} team={team} assign={dialog === "assign"} />;
    case "group":
      return <BulkGroupDialog {...props} team={team} />;
    case "role":
      return <BulkRoleDialog {...props} viewerRole={team.viewerRole} />;
    case "remove":
      return <BulkRemoveDialog {...props} />;
  }
}
