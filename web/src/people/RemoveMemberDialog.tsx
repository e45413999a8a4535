import { graphql, useFragment } from "react-relay";
import { ownList } from "../graph/ownList.ts";
import { wasMade } from "../graph/problems.ts";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { useTried } from "../graph/useTried.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { showDone } from "../parts/toasts.ts";
import { leave } from "../router/router.ts";
import { useFormats } from "../words/formats.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { RemoveMemberDialog_member$key } from "./__generated__/RemoveMemberDialog_member.graphql";
import type { RemoveMemberDialogDryMutation } from "./__generated__/RemoveMemberDialogDryMutation.graphql";
import type { RemoveMemberDialogMutation } from "./__generated__/RemoveMemberDialogMutation.graphql";
import { byUser, member as memberRoute } from "./routes.ts";

const MEMBER = graphql`
  fragment RemoveMemberDialog_member on Member {
    team {
      id
    }
    user {
      id
      name
    }
    seats(first: 100) {
      nodes {
        id
        product {
          name
        }
      }
    }
  }
`;

const REMOVE = graphql`
  mutation RemoveMemberDialogMutation($input: RemoveMembersInput!, $connections: [ID!]!) {
    removeMembers(input: $input) {
      deletedTeamIds @deleteEdge(connections: $connections)
      pools {
        id
        assigned
        available
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

const TRY = graphql`
  mutation RemoveMemberDialogDryMutation($input: RemoveMembersInput!) {
    removeMembers(input: $input) {
      promoted {
        id
        product {
          name
        }
        holder {
          name
        }
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

interface Props {
  /** The id of the member. */
  readonly id: string;
  readonly member: RemoveMemberDialog_member$key;
  readonly onClose: () => void;
}

/** Asks before a person is removed from the team: which seats they lose, and who gets them. */
export default function RemoveMemberDialog({ id, member, onClose }: Props) {
  const t = useWords(peopleWords);
  const formats = useFormats();
  const { team, user, seats } = useFragment(MEMBER, member);
  const input = { teamId: team.id, userIds: [user.id], mode: "ALL_OR_NOTHING" as const };
  const tried = useOutcome(input);
  const remove = useMutation<RemoveMemberDialogMutation>(REMOVE);
  const press = async () => {
    const connections = ownList("Shell_teams");
    const payload = await remove.send({ ...input, dryRun: false }, { variables: { connections } });
    if (!wasMade(payload)) return;
    showDone(t.removed(user.name));
    // Who has left the team sees nothing of it any more.
    const next = payload.deletedTeamIds.length > 0 ? "/" : byUser.href({ team: team.id });
    leave(memberRoute, { team: team.id, member: id }, next);
  };
  return (
    <Dialog title={t.removeTitle(user.name)} alert onClose={onClose}>
      <DialogForm
        action={t.remove}
        look="danger main"
        pending={remove.pending}
        problems={remove.problems.length > 0 ? remove.problems : tried.problems}
        onSubmit={() => void press()}
        onCancel={onClose}
      >
        <p>{t.removeHint}</p>
        {seats.nodes.length > 0 && <p>{t.losesSeats(formats.list(seats.nodes.map(({ product }) => product.name)))}</p>}
        <div role="status">
          <ul className="plain-list">
            {tried.promoted.map(({ id, product, holder }) => (
              <li key={id} dir="auto">
                {t.getsSeat(holder?.name ?? t.somebody, product.name)}
              </li>
            ))}
          </ul>
        </div>
      </DialogForm>
    </Dialog>
  );
}

interface Input {
  readonly teamId: string;
  readonly userIds: readonly string[];
  readonly mode: "ALL_OR_NOTHING";
}

/** What the removal would do: who gets a freed seat from the waiting list, or what stops it. */
function useOutcome(input: Input) {
  const dry = useDryRun<RemoveMemberDialogDryMutation>(TRY);
  const payload = useTried(input.userIds.join(), () => dry.send({ ...input, dryRun: true }));
  return { promoted: payload?.promoted ?? [], problems: dry.problems };
}
