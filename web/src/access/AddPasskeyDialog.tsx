// Adds a passkey: its name, the browser's own dialog, and with the first one the recovery codes.
import { useMemo, useState } from "react";
import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { TextField } from "../parts/Field.tsx";
import { showDone } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { useSecret } from "../parts/useSecret.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { AddPasskeyDialogBeginMutation } from "./__generated__/AddPasskeyDialogBeginMutation.graphql";
import type { AddPasskeyDialogMutation } from "./__generated__/AddPasskeyDialogMutation.graphql";
import { newPasskey, type NoPasskey } from "./newPasskey.ts";
import { RecoveryCodes } from "./RecoveryCodes.tsx";
import { useConfirmed } from "./useConfirmed.tsx";

interface Props {
  readonly onClose: () => void;
  /** The passkey is added, but nobody has seen the recovery codes. */
  readonly onLost: () => void;
}

/** The steps to a new passkey. */
export default function AddPasskeyDialog({ onClose, onLost }: Props) {
  const t = useWords(profileWords);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (codes !== null) {
    return (
      <Dialog title={t.codes}>
        <RecoveryCodes codes={codes} onDone={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t.addPasskey} onClose={onClose}>
      <NewPasskeyForm onClose={onClose} onLost={onLost} onCodes={setCodes} />
    </Dialog>
  );
}

interface FormProps extends Props {
  /** The passkey is the first second factor, so the person gets recovery codes with it. */
  readonly onCodes: (codes: readonly string[]) => void;
}

function NewPasskeyForm({ onClose, onLost, onCodes }: FormProps) {
  const t = useWords(profileWords);
  const [name, setName] = useState("");
  const { add, making, stopped, problems, dialog } = useNewPasskey();
  const answered = useSecret(onCodes, onLost);
  const close = useClosing(onClose);
  const send = async () => {
    const payload = await add(name);
    if (!payload?.passkey) return;
    showDone(t.passkeyAdded(payload.passkey.name));
    if (!answered(payload, payload.recoveryCodes)) close();
  };
  return (
    <>
      <DialogForm
        action={t.addPasskey}
        pending={making}
        problems={problems}
        onSubmit={() => void send()}
        onCancel={onClose}
      >
        <p>{t.addPasskeyHint}</p>
        <TextField
          name="name"
          label={t.passkeyName}
          hint={t.passkeyNameHint}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
        <p role="alert" className="problem">
          {stopped && t.noPasskeyMade[stopped]}
        </p>
      </DialogForm>
      {dialog}
    </>
  );
}

const beginMutation = graphql`
  mutation AddPasskeyDialogBeginMutation($input: BeginPasskeyInput!) {
    beginPasskey(input: $input) {
      options
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

const addMutation = graphql`
  mutation AddPasskeyDialogMutation($input: AddPasskeyInput!) {
    addPasskey(input: $input) {
      passkey {
        name
      }
      recoveryCodes
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Makes a passkey and adds it. If only its name is refused, the next try does not ask the browser again. */
function useNewPasskey() {
  const begin = useConfirmed<AddPasskeyDialogBeginMutation>(beginMutation);
  const adding = useMutation<AddPasskeyDialogMutation>(addMutation);
  const [made, setMade] = useState<{ readonly answer: unknown } | null>(null);
  const [stopped, setStopped] = useState<NoPasskey | null>(null);
  const [making, setMaking] = useState(false);
  // The same list as long as nothing changes: a form looks at new ones.
  const problems = useMemo(() => [...begin.problems, ...adding.problems], [begin.problems, adding.problems]);

  const make = async () => {
    const payload = await begin.send({ dryRun: false });
    if (payload?.options == null) return null;
    const result = await newPasskey(payload.options);
    if (typeof result !== "string") return result;
    setStopped(result);
    return null;
  };
  const add = async (name: string) => {
    setMaking(true);
    setStopped(null);
    adding.clear();
    try {
      const key = made ?? (await make());
      if (!key) return null;
      const payload = await adding.send({ name, answer: key.answer, dryRun: false });
      // Without an answer of Usher the same passkey is sent once more.
      const isKept = !payload || payload.errors.some(({ code }) => code === "NAME_INVALID");
      setMade(isKept ? key : null);
      return payload;
    } finally {
      setMaking(false);
    }
  };
  return {
    add,
    making: making && !begin.dialog,
    stopped,
    problems,
    dialog: begin.dialog,
  };
}
