import { Button } from "../parts/Button.tsx";
import { Copyable } from "../parts/Copyable.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";

/** Shows the secret of a token, this once. It is closed by a button only, so that nobody loses it by a slip. */
export function SecretDialog({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  const t = useWords(teamWords);
  return (
    <Dialog title={t.secretTitle} alert>
      <p>{t.secretText}</p>
      <p>
        <Copyable value={secret} what={t.theSecret} />
      </p>
      <div className="form-buttons">
        <Button look="main" onClick={onClose}>
          {t.secretKept}
        </Button>
      </div>
    </Dialog>
  );
}
