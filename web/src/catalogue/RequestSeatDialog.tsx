import { useState } from "react";
import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { TextArea } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone } from "../parts/toasts.ts";
import { catalogueWords } from "../words/catalogue.ts";
import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";
import type { RequestSeatDialogMutation } from "./__generated__/RequestSeatDialogMutation.graphql";

interface Props {
  readonly teamId: string;
  readonly productId: string;
  readonly name: string;
  readonly onClose: () => void;
}

const LONGEST = 1_000;

const REQUEST_SEAT = graphql`
  mutation RequestSeatDialogMutation($input: RequestSeatInput!) {
    requestSeat(input: $input) {
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Asks for a seat, with a reason for those who answer. Closing it loads the screen again, with the new state. */
export function RequestSeatDialog({ teamId, productId, name, onClose }: Props) {
  const t = useWords(catalogueWords);
  const { cancel } = useWords(partsWords);
  const [note, setNote] = useState("");
  const request = useMutation<RequestSeatDialogMutation>(REQUEST_SEAT);
  const send = async () => {
    const payload = await request.send({ teamId, productId, note: note.trim() || null, dryRun: false });
    if (!payload || payload.errors.some(({ isInformation }) => !isInformation)) return;
    // What is left are a seat, a place or a request that the viewer has meanwhile. The screen shows which.
    showDone(payload.errors.length > 0 ? t.hasAlready(name) : t.asked(name));
    onClose();
  };
  const buttons = (
    <>
      <Button onClick={onClose}>{cancel}</Button>
      <Button type="submit" look="main" pending={request.pending}>
        {t.ask}
      </Button>
    </>
  );
  return (
    <Dialog title={t.askFor(name)} onClose={onClose}>
      <Form problems={request.problems} onSubmit={() => void send()} buttons={buttons}>
        <TextArea
          name="note"
          label={t.note}
          hint={t.noteHint}
          required={false}
          maxLength={LONGEST}
          value={note}
          onChange={({ target }) => setNote(target.value)}
        />
      </Form>
    </Dialog>
  );
}
