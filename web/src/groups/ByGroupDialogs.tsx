import { graphql, useFragment } from "react-relay";
import type { ByGroupDialogs_team$key } from "./__generated__/ByGroupDialogs_team.graphql";
import { DefaultsDialog } from "./DefaultsDialog.tsx";
import { GroupNameDialog } from "./GroupNameDialog.tsx";

const TEAM = graphql`
  fragment ByGroupDialogs_team on Team {
    id
    ...DefaultsDialog_team
  }
`;

interface Props {
  readonly team: ByGroupDialogs_team$key;
  readonly dialog: "create" | "defaults";
  readonly onClose: () => void;
}

/** The dialog that the address of the groups says is open. */
export default function ByGroupDialogs({ team: of, dialog, onClose }: Props) {
  const team = useFragment(TEAM, of);
  if (dialog === "create") return <GroupNameDialog team={team.id} group={null} onClose={onClose} />;
  return <DefaultsDialog team={team} onClose={onClose} />;
}
