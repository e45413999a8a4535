import { graphql, useFragment } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button, reasonOf } from "../parts/Button.tsx";
import { showDone, succeeded } from "../parts/toasts.ts";
import { reload } from "../router/router.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { ResendButton_invitation$key } from "./__generated__/ResendButton_invitation.graphql";
import type { ResendButtonMutation } from "./__generated__/ResendButtonMutation.graphql";

interface Props {
  readonly invitation: ResendButton_invitation$key;
  readonly teamId: string;
  readonly name: string;
}

/** Sends an invitation again, with a new link. */
export function ResendButton({ invitation, teamId, name }: Props) {
  const t = useWords(peopleWords);
  const { id, viewerCan } = useFragment(
    graphql`
      fragment ResendButton_invitation on Invitation {
        id
        viewerCan(actions: [INVITATIONS_RESEND]) {
          ...abilities_ability @relay(mask: false)
        }
      }
    `,
    invitation,
  );
  const resend = useMutation<ResendButtonMutation>(graphql`
    mutation ResendButtonMutation($input: ResendInvitationInput!) {
      resendInvitation(input: $input) {
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const press = async () => {
    if (!succeeded(await resend.send({ teamId, invitationId: id, dryRun: false }))) return;
    showDone(t.resent(name));
    reload(); // the new invitation has an id of its own
  };
  return (
    <Button look="plain" pending={resend.pending} reason={reasonOf(viewerCan, "INVITATIONS_RESEND")} onClick={() => void press()}>
      {t.resend}
    </Button>
  );
}
