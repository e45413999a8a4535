import { Button } from "../parts/Button.tsx";
import { download } from "../parts/download.ts";
import { Section } from "../parts/Section.tsx";
import { invitationsWords } from "../words/invitations.ts";
import { useWords } from "../words/words.ts";

// With the mark that tells Excel that it is UTF-8.
const TEMPLATE = "\uFEFFFirst name,Last name,Email address,Group\r\n";

/** How a file of people has to look, and a template. */
export function HowTo() {
  const t = useWords(invitationsWords);
  const template = (
    <Button
      onClick={() => {
        download(t.templateName, TEMPLATE);
      }}
    >
      {t.template}
    </Button>
  );
  return (
    <Section title={t.howTo} aside={template}>
      <ol>
        {t.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </Section>
  );
}
