import { useState } from "react";
import type { Screen } from "../router/route.ts";
import { CreateTokenDialog } from "./CreateTokenDialog.tsx";
import { RevokeTokenDialog } from "./RevokeTokenDialog.tsx";
import { RotateTokenDialog } from "./RotateTokenDialog.tsx";
import type { tokens as tokensRoute } from "./routes.ts";
import { SecretDialog } from "./SecretDialog.tsx";

type Search = Screen<typeof tokensRoute>["search"];

interface Props {
  readonly teamId: string;
  /** The tokens of the page. */
  readonly tokens: readonly { readonly id: string; readonly name: string }[];
  readonly search: Search;
  readonly onChange: (values: Partial<Search>, options?: { readonly replace?: boolean }) => void;
}

/** The dialog that the address names, and then the secret of the token that was made. */
export function TokenDialogs({ teamId, tokens, search: { ask, token }, onChange }: Props) {
  // A secret is never in the address.
  const [secret, setSecret] = useState<string | null>(null);
  // Back does not open it again.
  const close = () => onChange({ ask: null, token: null }, { replace: true });
  const made = (shown: string) => {
    close();
    setSecret(shown);
  };
  const about = tokens.find(({ id }) => id === token);
  return (
    <>
      {ask === "create" && <CreateTokenDialog teamId={teamId} onClose={close} onMade={made} />}
      {ask === "rotate" && about && <RotateTokenDialog token={about} onClose={close} onMade={made} />}
      {ask === "revoke" && about && <RevokeTokenDialog token={about} onClose={close} />}
      {secret !== null && <SecretDialog secret={secret} onClose={() => setSecret(null)} />}
    </>
  );
}
