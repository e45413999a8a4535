import { graphql, useFragment } from "react-relay";
import type {
  SubscriptionDialogs_subscription$data,
  SubscriptionDialogs_subscription$key,
} from "./__generated__/SubscriptionDialogs_subscription.graphql";
import { AddSeatsDialog } from "./AddSeatsDialog.tsx";
import { AutoRenewDialog } from "./AutoRenewDialog.tsx";
import { CancelChangeDialog } from "./CancelChangeDialog.tsx";
import { ContactDialog } from "./ContactDialog.tsx";
import { MoveSeatsDialog } from "./MoveSeatsDialog.tsx";
import { ReduceSeatsDialog } from "./ReduceSeatsDialog.tsx";
import { RenewDialog } from "./RenewDialog.tsx";

/* eslint-disable relay/unused-fields -- the dialogs read them */
const SUBSCRIPTION = graphql`
  fragment SubscriptionDialogs_subscription on Subscription {
    id
    version
    seats
    months
    autoRenew
    endsOn
    team {
      id
    }
    scheduledChange {
      id
      seats
    }
    contract {
      id
      teams {
        id
        name
      }
      contactPerson {
        id
      }
      homeTeam {
        members(first: 100, filter: { role: CONTRACT_MANAGER, status: ACTIVE }) {
          nodes {
            user {
              id
              name
            }
          }
        }
      }
    }
  }
`;

/** What the dialog of an amendment gets. */
export interface AmendmentProps {
  readonly subscription: SubscriptionDialogs_subscription$data;
  readonly onClose: () => void;
}

interface Props {
  readonly subscription: SubscriptionDialogs_subscription$key;
  readonly dialog: "add" | "reduce" | "renew" | "move" | "autoRenew" | "cancel" | "contact";
  readonly onClose: () => void;
}

const DIALOGS = {
  add: AddSeatsDialog,
  reduce: ReduceSeatsDialog,
  renew: RenewDialog,
  move: MoveSeatsDialog,
  autoRenew: AutoRenewDialog,
  contact: ContactDialog,
};

/** The dialog that the address of a subscription says is open. */
export default function SubscriptionDialogs({ subscription: of, dialog, onClose }: Props) {
  const subscription = useFragment(SUBSCRIPTION, of);
  if (dialog !== "cancel") {
    const Amendment = DIALOGS[dialog];
    return <Amendment subscription={subscription} onClose={onClose} />;
  }
  // A link that somebody sent may come after the change was cancelled.
  if (!subscription.scheduledChange) return null;
  return <CancelChangeDialog changeId={subscription.scheduledChange.id} onClose={onClose} />;
}
