import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { wasMade } from "../graph/problems.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { CheckField, TextArea } from "../parts/Field.tsx";
import { showDone } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { peopleWords } from "../words/people.ts";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";
import type { AnswerDialog_request$key } from "./__generated__/AnswerDialog_request.graphql";
import type { AnswerDialogMutation } from "./__generated__/AnswerDialogMutation.graphql";

interface Props {
  readonly request: AnswerDialog_request$key;
  readonly grant: boolean;
  readonly onClose: () => void;
}

const REQUEST = graphql`
  fragment AnswerDialog_request on SeatRequest {
    id
    note
    product {
      name
    }
    member {
      user {
        name
      }
    }
  }
`;

const ANSWER = graphql`
  mutation AnswerDialogMutation($input: AnswerRequestInput!) {
    answerRequest(input: $input) {
      request {
        id
        state
      }
      wait {
        id
      }
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

/** Grants or denies a request for a seat, with a message to the person. */
export function AnswerDialog({ request, grant, onClose }: Props) {
  const t = useWords(seatsWords);
  const { waitIfFull } = useWords(peopleWords);
  const { id, note, product, member } = useFragment(REQUEST, request);
  const name = member?.user.name ?? t.somebody;
  const close = useClosing(onClose);
  const answer = useAnswer(id, grant, (waits) => {
    showDone((!grant ? t.denied : waits ? t.grantedWaits : t.granted)(product.name, name));
    close(); // another address: the screen is read again
  });
  const action = grant ? t.grant : t.deny;
  return (
    <Dialog title={`${action}: ${product.name}, ${name}`} onClose={onClose}>
      <DialogForm
        action={action}
        look={grant ? "main" : "danger main"}
        pending={answer.pending}
        problems={answer.problems}
        onSubmit={() => void answer.save()}
        onCancel={onClose}
      >
        {note !== null && <blockquote className="quote" dir="auto">{note}</blockquote>}
        <MessageField value={answer.message} onChange={answer.setMessage} />
        {grant && (
          <CheckField
            name="mode"
            label={waitIfFull}
            checked={answer.mayWait}
            onChange={({ target }) => answer.setMayWait(target.checked)}
          />
        )}
      </DialogForm>
    </Dialog>
  );
}

/** Holds what the answer says, and sends it. `onAnswered` hears whether the person waits for the seat now. */
function useAnswer(requestId: string, grant: boolean, onAnswered: (waits: boolean) => void) {
  const [message, setMessage] = useState("");
  const [mayWait, setMayWait] = useState(false);
  const { send, pending, problems } = useMutation<AnswerDialogMutation>(ANSWER);
  const save = async () => {
    const mode = mayWait ? "WAITLIST" : "ALL_OR_NOTHING";
    const payload = await send({ requestId, grant, message: message || null, mode, dryRun: false });
    if (!wasMade(payload)) return;
    onAnswered(payload.wait !== null);
  };
  return { message, setMessage, mayWait, setMayWait, save, pending, problems };
}

interface MessageProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function MessageField({ value, onChange }: MessageProps) {
  const t = useWords(seatsWords);
  return (
    <TextArea
      name="message"
      label={t.message}
      required={false}
      maxLength={1000}
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}
