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
import { Identities } from "./Identities.tsx";
import { Passkeys } from "./Passkeys.tsx";
import { ProfilePart } from "./ProfilePart.tsx";
import { ProfileTabs } from "./ProfileTabs.tsx";
import { security } from "./routes.ts";

// What few people ever open.
const AddPasskeyDialog = lazy(() => withWords(() => import("./AddPasskeyDialog.tsx")));
const AppDialog = lazy(() => withWords(() => import("./AppDialog.tsx")));
const RemoveAppDialog = lazy(() => withWords(() => import("./RemoveAppDialog.tsx")));
const RenewCodesDialog = lazy(() => withWords(() => import("./RenewCodesDialog.tsx")));

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
  const factors = data.viewer?.secondFactors;
  if (!data.viewer || !factors) return <NotFound />;
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
        onClose={close}
      />
      <AppPart isSetUp={factors.authenticatorApp} />
      <CodesPart left={factors.recoveryCodes} hasFactor={factors.authenticatorApp || factors.passkeys > 0} />
      <Identities
        query={data}
        removed={search.unlink}
        onRemove={(unlink) => {
          change({ unlink });
        }}
        onClose={close}
      />
      <Suspense>
        {search.dialog === "removeApp" && <RemoveAppDialog onClose={close} />}
        {search.dialog === "passkey" && <AddPasskeyDialog onClose={close} onLost={renewCodes} />}
        {search.dialog === "app" && <AppDialog onClose={close} onLost={renewCodes} />}
        {search.dialog === "codes" && <RenewCodesDialog onClose={close} />}
      </Suspense>
    </>
  );
}

function AppPart({ isSetUp }: { readonly isSetUp: boolean }) {
  const t = useWords(profileWords);
  return (
    <ProfilePart title={t.app}>
      <p>
        <Badge tone={isSetUp ? "good" : "plain"}>{isSetUp ? t.isSetUp : t.notSetUp}</Badge>
      </p>
      {/* One button, so that it keeps the focus when the dialog has changed what it does. */}
      <Button onClick={open(isSetUp ? "removeApp" : "app")}>{isSetUp ? t.removeApp : t.setUpApp}</Button>
    </ProfilePart>
  );
}

function CodesPart({ left, hasFactor }: { readonly left: number; readonly hasFactor: boolean }) {
  const t = useWords(profileWords);
  return (
    <ProfilePart title={t.codes}>
      <p>{hasFactor ? t.codesLeft(left) : t.codesNone}</p>
      <Button reason={hasFactor ? null : t.codesNone} onClick={open("codes")}>
        {t.renewCodes}
      </Button>
    </ProfilePart>
  );
}

const change = changeSearch(security, {});

function open(dialog: "app" | "removeApp" | "codes" | "passkey") {
  return () => {
    change({ dialog });
  };
}

function renewCodes() {
  change({ dialog: "codes" }, { replace: true });
}

function close() {
  // Back does not open it again.
  change({ dialog: null, rename: null, remove: null, unlink: null }, { replace: true });
}
