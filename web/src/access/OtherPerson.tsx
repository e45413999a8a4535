import { graphql } from "react-relay";
import { signedOut } from "../graph/person.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { useErrorTexts } from "../words/errors.ts";
import { linksWords } from "../words/links.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import type { OtherPersonMutation } from "./__generated__/OtherPersonMutation.graphql";

/** Says that the invitation is for somebody else than the person who is signed in, and signs them out if they want. */
export function OtherPerson({ onSignedOut }: { readonly onSignedOut: () => void }) {
  const t = useWords(linksWords);
  const shell = useWords(shellWords);
  const texts = useErrorTexts();
  const signOut = useMutation<OtherPersonMutation>(graphql`
    mutation OtherPersonMutation($input: SignOutInput!) {
      signOut(input: $input) {
        signedOut
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const press = async () => {
    if ((await signOut.send({ dryRun: false })) === null) return;
    signedOut();
    onSignedOut();
  };
  return (
    <>
      <p role="alert">{texts.problem({ code: "EMAIL_DIFFERS", retryAfter: null, count: null })}</p>
      <p>{t.invitation.signOut}</p>
      <p>
        <Button look="main" pending={signOut.pending} onClick={() => void press()}>
          {shell.signOut}
        </Button>
      </p>
    </>
  );
}
