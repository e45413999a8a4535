import { Button } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";

/** Says that another person is signed in than the one whose data the page shows. Nothing can be done but load it again. */
export default function PersonChangedDialog() {
  const t = useWords(shellWords);
  return (
    <Dialog title={t.personChanged} alert>
      <p className="person-dialog">{t.personChangedHint}</p>
      <div className="form-buttons">
        <Button
          look="main"
          onClick={() => {
            location.assign("/");
          }}
        >
          {t.loadAgain}
        </Button>
      </div>
    </Dialog>
  );
}
