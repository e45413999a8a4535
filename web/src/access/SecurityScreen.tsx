import { lazy, Suspense } from "react";
import { graphql } from "react-relay";
import { Badge } from "../parts/Badge.tsx";
import { Button } from "../parts/Button.tsx";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { profileWords } from "../words/profile.ts";
import { shellWords } from "../words/shell.ts";
import { useWords, withWords } from "../words/words.ts";
import { AddPasskeyDialog } from "./AddPasskeyDialog.tsx";
import { Identities } from "./Identities.tsx";
import { Passkeys } from "./Passkeys.tsx";
import { ProfileTabs } from "./ProfileTabs.tsx";
import { RemoveAppDialog } from "./RemoveAppDialog.tsx";
import { RenewCodesDialog } from "./RenewCodesDialog.tsx";
import { security } from "./routes.ts";

// It brings what draws QR codes.
const AppDialog = lazy(() => withWords(import("./AppDialog.tsx")));

export const query = graphql`
  query SecurityScreenQuery @preloadable {
    ...Shell_query
    ...Identities_query
    viewer {
      secondFactors {
        authenticatorApp
        passkeys
        recoveryCodes
      }
      ...Passkeys_user
    }
  }
`;

/** Profile: what the viewer signs in with beside the password. */
export default function SecurityScreen({ data, search }: Screen<typeof security>) {
  const t = useWords(profileWords);
  const shell = useWords(shellWords);
  const change = changeSearch(security, {});
  const factors = data.viewer?.secondFactors;
  if (!data.viewer || !factors) return <NotFound />;
  const hasFactor = factors.authenticatorApp || factors.passkeys > 0;
  const open = (dialog: typeof search.dialog) => () => {
    change({ dialog });
  };
  const onClose = () => {
    // Back does not open it again.
    change({ dialog: null, rename: null, remove: null, unlink: null }, { replace: true });
  };
  return (
    <>
      <Title>{shell.profile}</Title>
      <ProfileTabs current="security" />
      <p className="quiet">{t.factorsHint}</p>
      <Passkeys
        user={data.viewer}
        renamed={search.rename}
        removed={search.remove}
        onOpen={change}
        onAdd={open("passkey")}
        onClose={onClose}
      />
      <section className="profile-part">
        <h2>{t.app}</h2>
        <p>
          <Badge tone={factors.authenticatorApp ? "good" : "plain"}>{factors.authenticatorApp ? t.isSetUp : t.notSetUp}</Badge>
        </p>
        {factors.authenticatorApp ? (
          <Button onClick={open("removeApp")}>{t.removeApp}</Button>
        ) : (
          <Button onClick={open("app")}>{t.setUpApp}</Button>
        )}
      </section>
      <section className="profile-part">
        <h2>{t.codes}</h2>
        <p>{hasFactor ? t.codesLeft(factors.recoveryCodes) : t.codesNone}</p>
        <Button reason={hasFactor ? null : t.codesNone} onClick={open("codes")}>
          {t.renewCodes}
        </Button>
      </section>
      <Identities
        query={data}
        removed={search.unlink}
        onRemove={(unlink) => {
          change({ unlink });
        }}
        onClose={onClose}
      />
      {search.dialog === "passkey" && <AddPasskeyDialog onClose={onClose} />}
      {search.dialog === "removeApp" && <RemoveAppDialog onClose={onClose} />}
      {search.dialog === "codes" && <RenewCodesDialog onClose={onClose} />}
      <Suspense>{search.dialog === "app" && <AppDialog onClose={onClose} />}</Suspense>
    </>
  );
}
