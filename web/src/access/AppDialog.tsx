// Sets up an authenticator app: the secret as a QR code and as text, a code of the app, and the recovery codes.
import { useState } from "react";
import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Copyable } from "../parts/Copyable.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { TextField } from "../parts/Field.tsx";
import { QrCode } from "../parts/QrCode.tsx";
import { Step } from "../parts/Step.tsx";
import { isSecretLost, useSecret } from "../parts/useSecret.ts";
import { accessWords } from "../words/access.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { AppDialogBeginMutation } from "./__generated__/AppDialogBeginMutation.graphql";
import type { AppDialogConfirmMutation } from "./__generated__/AppDialogConfirmMutation.graphql";
import { RecoveryCodes } from "./RecoveryCodes.tsx";
import { useConfirmed } from "./useConfirmed.tsx";

interface Secret {
  readonly secret: string;
  readonly uri: string;
}

interface Props {
  readonly onClose: () => void;
  /** The app is set up, but nobody has seen the recovery codes. */
  readonly onLost: () => void;
}

/** The steps to an authenticator app, one after the other. */
export default function AppDialog({ onClose, onLost }: Props) {
  const t = useWords(profileWords);
  const [secret, setSecret] = useState<Secret | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (codes !== null) {
    // They are shown once: this step ends only by its own button.
    return (
      <Dialog title={t.codes}>
        <RecoveryCodes codes={codes} onDone={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t.setUpApp} onClose={onClose}>
      {secret !== null ? (
        <Step>
          <ConfirmStep secret={secret} onClose={onClose} onLost={onLost} onDone={setCodes} />
        </Step>
      ) : (
        <BeginStep onClose={onClose} onBegun={setSecret} />
      )}
    </Dialog>
  );
}

const beginMutation = graphql`
  mutation AppDialogBeginMutation($input: BeginAuthenticatorAppInput!) {
    beginAuthenticatorApp(input: $input) {
      secret
      uri
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

interface BeginProps extends Pick<Props, "onClose"> {
  readonly onBegun: (secret: Secret) => void;
}

function BeginStep({ onClose, onBegun }: BeginProps) {
  const t = useWords(profileWords);
  const begin = useConfirmed<AppDialogBeginMutation>(beginMutation);
  const send = async () => {
    let payload = await begin.send({ dryRun: false });
    // Nothing is set up yet: another secret does as well.
    if (isSecretLost(payload)) payload = await begin.send({ dryRun: false });
    if (payload?.secret != null && payload.uri !== null) onBegun({ secret: payload.secret, uri: payload.uri });
  };
  return (
    <>
      <DialogForm
        action={t.next}
        pending={begin.pending}
        problems={begin.problems}
        onSubmit={() => void send()}
        onCancel={onClose}
      >
        <p>{t.appHint}</p>
      </DialogForm>
      {begin.dialog}
    </>
  );
}

interface ConfirmProps extends Props {
  readonly secret: Secret;
  readonly onDone: (codes: readonly string[]) => void;
}

const confirmMutation = graphql`
  mutation AppDialogConfirmMutation($input: ConfirmAuthenticatorAppInput!) {
    confirmAuthenticatorApp(input: $input) {
      recoveryCodes
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

function ConfirmStep({ secret: { secret, uri }, onClose, onLost, onDone }: ConfirmProps) {
  const t = useWords(profileWords);
  const access = useWords(accessWords);
  const [code, setCode] = useState("");
  const confirm = useMutation<AppDialogConfirmMutation>(confirmMutation);
  const answered = useSecret(onDone, onLost);
  const send = async () => {
    const payload = await confirm.send({ code, dryRun: false });
    answered(payload, payload?.recoveryCodes);
  };
  return (
    <DialogForm
      action={access.confirm}
      pending={confirm.pending}
      problems={confirm.problems}
      onSubmit={() => void send()}
      onCancel={onClose}
    >
      <p>{t.scan}</p>
      <QrCode text={uri} label={t.qrCode} />
      <p>{t.orType}</p>
      <Copyable value={secret} what={t.secret} />
      <TextField
        name="code"
        label={t.codeOfApp}
        hint={t.codeHint}
        inputMode="numeric"
        autoComplete="one-time-code"
        value={code}
        onChange={(event) => {
          setCode(event.target.value);
        }}
      />
    </DialogForm>
  );
}
