// The ways to sign in without a password: a passkey, or a provider.
import { useEffect, useState } from "react";
import { fetchQuery, graphql } from "react-relay";
import { environment } from "../graph/environment.ts";
import { WITHOUT_PERSON } from "../graph/network.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { useErrorTexts } from "../words/errors.ts";
import { linksWords } from "../words/links.ts";
import { useWords } from "../words/words.ts";
import type { SignInWaysMutation } from "./__generated__/SignInWaysMutation.graphql";
import type { SignInWaysQuery, SignInWaysQuery$data } from "./__generated__/SignInWaysQuery.graphql";
import { askForPasskey, hasPasskeys } from "./passkeys.ts";

interface Props {
  readonly onDone: (userId: string) => void;
  readonly returnTo: string;
  readonly target: "_blank" | undefined;
  readonly onLeave: (() => void) | undefined;
}

/** A passkey and the providers, in the place of a password. */
export function SignInWays({ onDone, returnTo, target, onLeave }: Props) {
  const t = useWords(linksWords);
  const providers = useProviders();
  if (!hasPasskeys && providers.length === 0) return null;
  return (
    <div className="sign-in-ways">
      {hasPasskeys && <PasskeyButton onDone={onDone} />}
      {providers.map(({ name, url }) => (
        <a
          key={url}
          className="button"
          href={`${url}?returnTo=${encodeURIComponent(returnTo)}`}
          target={target}
          onClick={onLeave}
        >
          {t.provider(name)}
        </a>
      ))}
    </div>
  );
}

function PasskeyButton({ onDone }: { readonly onDone: (userId: string) => void }) {
  const t = useWords(linksWords);
  const texts = useErrorTexts();
  const [asking, setAsking] = useState(false);
  const [cancelled, setCancelled] = useState(false);
  const signIn = useMutation<SignInWaysMutation>(graphql`
    mutation SignInWaysMutation($input: SignInWithPasskeyInput!) {
      signInWithPasskey(input: $input) {
        user {
          id
        }
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const press = async () => {
    setAsking(true);
    setCancelled(false);
    const found = await askForPasskey(null);
    setAsking(false);
    if (found.kind === "cancelled") setCancelled(true);
    if (found.kind !== "answer") return;
    const payload = await signIn.send({ answer: found.answer, delivery: "COOKIE", dryRun: false });
    if (payload?.user) onDone(payload.user.id);
  };
  const message = cancelled ? t.passkeyCancelled : signIn.problems.map(texts.problem).join(" ");
  return (
    <>
      <Button pending={asking || signIn.pending} onClick={() => void press()}>
        {t.passkey}
      </Button>
      <div role="alert">{message && <p className="problems">{message}</p>}</div>
    </>
  );
}

function useProviders(): SignInWaysQuery$data["signInProviders"] {
  const [providers, setProviders] = useState<SignInWaysQuery$data["signInProviders"]>([]);
  useEffect(() => {
    const request = fetchQuery<SignInWaysQuery>(
      environment,
      graphql`
        query SignInWaysQuery {
          signInProviders {
            name
            url
          }
        }
      `,
      {},
      { networkCacheConfig: { metadata: WITHOUT_PERSON } },
    ).subscribe({
      next: ({ signInProviders }) => {
        setProviders(signInProviders);
      },
      error: () => {
        setProviders([]); // the person can sign in with a password
      },
    });
    return () => {
      request.unsubscribe();
    };
  }, []);
  return providers;
}
