import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { linksWords } from "../words/links.ts";
import { useWords } from "../words/words.ts";
import type { VerifyScreenMutation } from "./__generated__/VerifyScreenMutation.graphql";
import { PasswordLink } from "./PasswordLink.tsx";

/** The link to verify the address of a new account. The password shows that it is the person who signed up. */
export default function VerifyScreen() {
  const t = useWords(linksWords);
  const mutation = useMutation<VerifyScreenMutation>(graphql`
    mutation VerifyScreenMutation($input: VerifyEmailInput!) {
      verifyEmail(input: $input) {
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
      title={t.verify.title}
      text={t.verify.text}
      label={t.chosenPassword}
      autoComplete="current-password"
      action={t.verify.action}
      problems={mutation.problems}
      pending={mutation.pending}
      send={(token, password) => mutation.send({ token, password, delivery: "COOKIE", dryRun: false })}
    />
  );
}
