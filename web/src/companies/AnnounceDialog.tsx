import { useState } from "react";
import { graphql } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { TextArea, TextField } from "../parts/Field.tsx";
import { companiesWords } from "../words/companies.ts";
import { useWords } from "../words/words.ts";
import type { AnnounceDialogMutation } from "./__generated__/AnnounceDialogMutation.graphql";
import { CheckedDialog } from "./CheckedDialog.tsx";

const ANNOUNCE = graphql`
  mutation AnnounceDialogMutation($input: SendAnnouncementInput!) {
    sendAnnouncement(input: $input) {
      recipients
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

interface Props {
  /** The company to write to; null for all of them. */
  readonly company: { readonly id: string; readonly name: string } | null;
  readonly onClose: () => void;
}

/** Writes to the contract managers of one company or of all, after the viewer has seen how many people get it. */
export default function AnnounceDialog({ company, onClose }: Props) {
  const t = useWords(companiesWords);
  const [subject, setSubject] = useState("");
  const [text, setText] = useState("");
  const announce = useMutation<AnnounceDialogMutation>(ANNOUNCE);
  const dry = useDryRun<AnnounceDialogMutation>(ANNOUNCE);
  const isFilled = subject.trim() !== "" && text.trim() !== "";
  return (
    <CheckedDialog
      title={company ? t.announceTo(company.name) : t.announceToAll}
      action={t.send}
      input={isFilled ? { subject, text, teamIds: company ? [company.id] : null } : null}
      send={(input) => (input.dryRun ? dry : announce).send(input)}
      effect={({ recipients }) => <p>{t.wouldReach(recipients)}</p>}
      done={t.announced}
      onClose={onClose}
    >
      <p>{t.announceHint}</p>
      <TextField
        name="subject"
        label={t.subject}
        autoComplete="off"
        maxLength={200}
        value={subject}
        onChange={({ target }) => setSubject(target.value)}
      />
      <TextArea
        name="text"
        label={t.text}
        hint={t.textHint}
        maxLength={10_000}
        rows={8}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
    </CheckedDialog>
  );
}
