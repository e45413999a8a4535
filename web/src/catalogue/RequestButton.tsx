// Asks for a seat, or takes the request back. It is one button for both, so that the focus stays where it is.
import { graphql, useFragment } from "react-relay";
import { wasMade } from "../graph/problems.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Button, reasonOf } from "../parts/Button.tsx";
import { once } from "../parts/once.ts";
import { Problems } from "../parts/Problems.tsx";
import { showDone } from "../parts/toasts.ts";
import { reload } from "../router/router.ts";
import { catalogueWords } from "../words/catalogue.ts";
import { useWords } from "../words/words.ts";
import type { RequestButton_request$key } from "./__generated__/RequestButton_request.graphql";
import type { RequestButtonWithdrawMutation } from "./__generated__/RequestButtonWithdrawMutation.graphql";

interface Props {
  /** The open request; null if there is none. */
  readonly request: RequestButton_request$key | null;
  /** The name of the product. */
  readonly name: string;
  /** Why the viewer may not ask; null if they may. */
  readonly reason: string | null;
  readonly onAsk: () => void;
}

const REQUEST = graphql`
  fragment RequestButton_request on SeatRequest {
    id
    viewerCan(actions: [REQUESTS_CREATE]) {
      ...abilities_ability @relay(mask: false)
    }
  }
`;

const WITHDRAW = graphql`
  mutation RequestButtonWithdrawMutation($input: WithdrawRequestInput!) {
    withdrawRequest(input: $input) {
      request {
        state
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** The button to ask for a seat of a product, or to withdraw the request. */
export function RequestButton({ request, name, reason, onAsk }: Props) {
  const t = useWords(catalogueWords);
  const open = useFragment(REQUEST, request);
  const withdraw = useMutation<RequestButtonWithdrawMutation>(WITHDRAW);
  const press = async () => {
    if (!open) {
      onAsk();
      return;
    }
    const payload = await withdraw.send({ requestId: open.id, dryRun: false });
    if (!payload) return;
    if (wasMade(payload)) showDone(t.withdrawn(name));
    else reload(); // somebody answered meanwhile
  };
  return (
    <>
      <Button
        reason={open ? reasonOf(open.viewerCan, "REQUESTS_CREATE") : reason}
        pending={withdraw.pending}
        onClick={once(() => void press())}
      >
        {open ? t.withdraw : t.ask}
        <span className="hidden-text">: {name}</span>
      </Button>
      <Problems problems={withdraw.problems} />
    </>
  );
}
