import { useEffect, useState } from "react";
import { graphql } from "react-relay";
import { signedIn } from "../graph/person.ts";
import { useStore } from "../graph/store.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { LoadingLine } from "../parts/Progress.tsx";
import { useErrorTexts } from "../words/errors.ts";
import { linksWords } from "../words/links.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import type {
  InvitationScreenLookMutation,
  InvitationScreenLookMutation$data,
} from "./__generated__/InvitationScreenLookMutation.graphql";
import { AcceptForm, type Offer } from "./AcceptForm.tsx";
import { keepLinkToken, linkToken } from "./linkToken.ts";
import { OtherPerson } from "./OtherPerson.tsx";
import { Incomplete } from "./PasswordLink.tsx";
import { PublicPage } from "./PublicPage.tsx";
import { invitation, signIn } from "./publicRoutes.ts";
import { SignInForm } from "./SignInForm.tsx";

type Found = NonNullable<InvitationScreenLookMutation$data["acceptInvitation"]>;

/** The link in an invitation. It names the team and the invited person; a button accepts it. */
export default function InvitationScreen() {
  const t = useWords(linksWords);
  const token = useStore(linkToken);
  if (token === "") return <Incomplete title={t.invitation.title} />;
  return (
    <PublicPage title={t.invitation.title}>
      <Invitation key={token} token={token} />
    </PublicPage>
  );
}

function Invitation({ token }: { readonly token: string }) {
  const t = useWords(shellWords);
  const [found, setFound] = useState<Found | null>(null);
  const look = useMutation<InvitationScreenLookMutation>(graphql`
    mutation InvitationScreenLookMutation($input: AcceptInvitationInput!) {
      acceptInvitation(input: $input) {
        offer {
          teamName
          firstName
          lastName
          email
        }
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const open = async () => {
    // A dry run changes nothing. Its errors say what the page has to ask for.
    const payload = await look.send({ token, delivery: "COOKIE", dryRun: true });
    if (payload) setFound(payload);
  };
  useEffect(() => {
    // The state changes when the answer is there, and to show that one is waited for.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    void open();
    // The link is read once. Another link is another component, by its key.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  if (found !== null) return <Opened token={token} found={found} onChange={() => void open()} />;
  if (look.pending) return <LoadingLine />;
  return <Button onClick={() => void open()}>{t.tryAgain}</Button>;
}

interface OpenedProps {
  readonly token: string;
  readonly found: Found;
  /** Look again: somebody else is signed in now, or the invitation has changed. */
  readonly onChange: () => void;
}

function Opened({ token, found: { offer, errors }, onChange }: OpenedProps) {
  const codes = errors.map(({ code }) => code);
  if (codes.includes("EMAIL_DIFFERS")) return <OtherPerson onSignedOut={onChange} />;
  if (offer && codes.includes("SIGN_IN_FIRST")) return <SignInFirst offer={offer} onSignedIn={onChange} />;
  if (!offer || codes.some((code) => code !== "PASSWORD_INVALID")) return <Refused errors={errors} />;
  return (
    <>
      <OfferText offer={offer} />
      <AcceptForm token={token} offer={offer} isNew={codes.length > 0} onChange={onChange} />
    </>
  );
}

/** The invited person has an account already. */
function SignInFirst({ offer, onSignedIn }: { readonly offer: Offer; readonly onSignedIn: () => void }) {
  const t = useWords(linksWords);
  return (
    <>
      <OfferText offer={offer} />
      <p>{t.invitation.signIn}</p>
      <SignInForm
        email={offer.email}
        returnTo={invitation.href({})}
        onLeave={keepLinkToken}
        onDone={(userId) => {
          signedIn(userId);
          onSignedIn();
        }}
      />
    </>
  );
}

/** The invitation cannot be accepted, for example because it has ended. */
function Refused({ errors }: Pick<Found, "errors">) {
  const t = useWords(linksWords);
  const texts = useErrorTexts();
  return (
    <>
      <div role="alert">
        {errors.map((error, index) => (
          <p key={index}>{texts.problem(error)}</p>
        ))}
      </div>
      <p>
        <a href={signIn.href({})}>{t.toSignIn}</a>
      </p>
    </>
  );
}

function OfferText({ offer: { teamName, firstName, lastName, email } }: { readonly offer: Offer }) {
  const t = useWords(linksWords);
  return (
    <dl className="offer">
      <dt>{t.invitation.team}</dt>
      <dd dir="auto">{teamName}</dd>
      <dt>{t.invitation.person}</dt>
      <dd>
        <bdi>{`${firstName} ${lastName}`.trim()}</bdi> ({email})
      </dd>
    </dl>
  );
}
