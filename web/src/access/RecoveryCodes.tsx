import { Button } from "../parts/Button.tsx";
import { download } from "../parts/download.ts";
import "../parts/Form.css";
import { Step } from "../parts/Step.tsx";
import { useCopied } from "../parts/useCopied.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import "./Profile.css";

interface Props {
  readonly codes: readonly string[];
  readonly onDone: () => void;
}

/** New recovery codes. They are shown this once, so the person says that they have kept them. */
export function RecoveryCodes({ codes, onDone }: Props) {
  const t = useWords(profileWords);
  const text = codes.join("\n");
  return (
    <Step>
      <p>{t.codesOnce}</p>
      <ol className="recovery-codes" aria-label={t.codes}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className="form-buttons">
        {/* Without HTTPS a browser has no clipboard for pages. The codes can be marked and copied then. */}
        {"clipboard" in navigator && <CopyButton text={text} />}
        <Button
          onClick={() => {
            download("usher-recovery-codes.txt", `${text}\n`);
          }}
        >
          {t.downloadCodes}
        </Button>
        <Button look="main" onClick={onDone}>
          {t.codesKept}
        </Button>
      </div>
    </Step>
  );
}

function CopyButton({ text }: { readonly text: string }) {
  const t = useWords(profileWords);
  const { copied, copy, said } = useCopied(text);
  return (
    <>
      <span role="status" className={copied === false ? "problem small" : "hidden-text"}>
        {said}
      </span>
      <Button icon={copied ? "check" : "copy"} onClick={() => void copy()}>
        {copied ? said : t.copyCodes}
      </Button>
    </>
  );
}
