import { useState } from "react";
import { graphql } from "react-relay";
import { wasMade } from "../graph/problems.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { TextArea } from "../parts/Field.tsx";
import { showDone } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { catalogueWords } from "../words/catalogue.ts";
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
  const [note, setNote] = useState("");
  const request = useMutation<RequestSeatDialogMutation>(REQUEST_SEAT);
  const close = useClosing(onClose);
  const send = async () => {
    const payload = await request.send({ teamId, productId, note: note.trim() || null, dryRun: false });
    if (!wasMade(payload)) return;
    // What is left are a seat, a place or a request that the viewer has meanwhile. The screen shows which.
    showDone(payload.errors.length > 0 ? t.hasAlready(name) : t.asked(name));
    close();
  };
  return (
    <Dialog title={t.askFor(name)} onClose={onClose}>
      <DialogForm
        action={t.ask}
        pending={request.pending}
        problems={request.problems}
        onSubmit={() => void send()}
        onCancel={onClose}
      >
        <TextArea
          name="note"
          label={t.note}
          hint={t.noteHint}
          required={false}
          maxLength={LONGEST}
          value={note}
          onChange={({ target }) => setNote(target.value)}
        />
      </DialogForm>
    </Dialog>
  );
}
