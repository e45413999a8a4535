import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { linksWords } from "../words/links.ts";
import { useWords } from "../words/words.ts";
import type { UndoEmailScreenMutation } from "./__generated__/UndoEmailScreenMutation.graphql";
import { PasswordLink } from "./PasswordLink.tsx";

/** The link in the mail to the old address, for a person who did not change it. */
export default function UndoEmailScreen() {
  const t = useWords(linksWords);
  const mutation = useMutation<UndoEmailScreenMutation>(graphql`
    mutation UndoEmailScreenMutation($input: UndoEmailChangeInput!) {
      undoEmailChange(input: $input) {
        user {
          id
        }
        challenge
        secondFactors
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  return (
    <PasswordLink
      title={t.undoEmail.title}
      text={t.undoEmail.text}
      label={t.newPassword}
      autoComplete="new-password"
      hint={t.passwordHint}
      action={t.undoEmail.action}
      problems={mutation.problems}
      pending={mutation.pending}
      send={(token, password) => mutation.send({ token, password, delivery: "COOKIE", dryRun: false })}
    />
  );
}
