import { signedIn } from "../graph/person.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import { SignInForm } from "./SignInForm.tsx";

/** Asks a person to sign in, over the page as it is. The requests that waited for it go on afterwards. */
export default function SignInDialog() {
  const t = useWords(shellWords);
  const hasPage = document.querySelector(".shell") !== null;
  return (
    <Dialog title={t.signedOut}>
      {hasPage && <p className="quiet">{t.signedOutHint}</p>}
      <div className="person-dialog">
        <SignInForm onDone={signedIn} returnTo={location.pathname + location.search} stay={hasPage} />
      </div>
    </Dialog>
  );
}
