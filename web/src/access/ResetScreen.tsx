import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { linksWords } from "../words/links.ts";
import { useWords } from "../words/words.ts";
import type { ResetScreenMutation } from "./__generated__/ResetScreenMutation.graphql";
import { PasswordLink } from "./PasswordLink.tsx";

/** The link to set a new password. */
export default function ResetScreen() {
  const t = useWords(linksWords);
  const mutation = useMutation<ResetScreenMutation>(graphql`
    mutation ResetScreenMutation($input: ResetPasswordInput!) {
      resetPassword(input: $input) {
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
      title={t.reset.title}
      text={t.reset.text}
      label={t.newPassword}
      autoComplete="new-password"
      hint={t.passwordHint}
      action={t.reset.action}
      problems={mutation.problems}
      pending={mutation.pending}
      send={(token, password) => mutation.send({ token, password, delivery: "COOKIE", dryRun: false })}
    />
  );
}
