import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { CheckField, TextArea } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone } from "../parts/toasts.ts";
import { partsWords } from "../words/parts.ts";
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

/** Grants or denies a request for a seat, with a message to the person. */
export function AnswerDialog({ request, grant, onClose }: Props) {
  const t = useWords(seatsWords);
  const people = useWords(peopleWords);
  const { cancel } = useWords(partsWords);
  const { id, note, product, member } = useFragment(
    graphql`
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
    `,
    request,
  );
  const name = member?.user.name ?? t.somebody;
  const [message, setMessage] = useState("");
  const [waits, setWaits] = useState(false);
  const answer = useAnswer();
  const save = async () => {
    const mode = waits ? "WAITLIST" : "ALL_OR_NOTHING";
    const payload = await answer.send({ requestId: id, grant, message: message || null, mode, dryRun: false });
    if (!payload || payload.errors.some(({ isInformation }) => !isInformation)) return;
    showDone((!grant ? t.denied : payload.wait ? t.grantedWaits : t.granted)(product.name, name));
    onClose(); // another address: the screen is read again
  };
  return (
    <Dialog title={`${grant ? t.grant : t.deny}: ${product.name}, ${name}`} onClose={onClose}>
      <Form
        problems={answer.problems}
        onSubmit={() => void save()}
        buttons={
          <>
            <Button onClick={onClose}>{cancel}</Button>
            <Button type="submit" look={grant ? "main" : "danger main"} pending={answer.pending}>
              {grant ? t.grant : t.deny}
            </Button>
          </>
        }
      >
        {note !== null && (
          <blockquote className="quiet" dir="auto">
            {note}
          </blockquote>
        )}
        <TextArea
          name="message"
          label={t.message}
          required={false}
          maxLength={1000}
          value={message}
          onChange={({ target }) => {
            setMessage(target.value);
          }}
        />
        {grant && (
          <CheckField
            name="mode"
            label={people.waitIfFull}
            checked={waits}
            onChange={({ target }) => {
              setWaits(target.checked);
            }}
          />
        )}
      </Form>
    </Dialog>
  );
}

function useAnswer() {
  return useMutation<AnswerDialogMutation>(graphql`
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
  `);
}
