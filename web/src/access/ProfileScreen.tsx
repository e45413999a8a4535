import { lazy, Suspense } from "react";
import { graphql } from "react-relay";
import { Button } from "../parts/Button.tsx";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { profileWords } from "../words/profile.ts";
import { shellWords } from "../words/shell.ts";
import { useWords, withWords } from "../words/words.ts";
import { NamesForm } from "./NamesForm.tsx";
import { ProfilePart } from "./ProfilePart.tsx";
import { ProfileTabs } from "./ProfileTabs.tsx";
import { profile, security } from "./routes.ts";

// What people seldom open.
const EmailDialog = lazy(() => withWords(() => import("./EmailDialog.tsx")));
const PasswordDialog = lazy(() => withWords(() => import("./PasswordDialog.tsx")));
const DeleteAccountDialog = lazy(() => withWords(() => import("./DeleteAccountDialog.tsx")));

export const query = graphql`
  query ProfileScreenQuery @preloadable {
    ...Shell_query
    viewer {
      email
      ...NamesForm_user
    }
  }
`;

/** Profile: the viewer's names, language, address and password, and the end of the account. */
export default function ProfileScreen({ data: { viewer }, search: { dialog } }: Screen<typeof profile>) {
  const t = useWords(profileWords);
  const shell = useWords(shellWords);
  if (!viewer) return <NotFound />;
  const email = viewer.email ?? "";
  return (
    <>
      <Title>{shell.profile}</Title>
      <ProfileTabs current="profile" />
      <ProfilePart title={t.names}>
        <NamesForm user={viewer} />
      </ProfilePart>
      <ProfilePart title={t.email}>
        <p>
          <bdi>{email}</bdi>
        </p>
        <Button onClick={open("email")}>{t.changeEmail}</Button>
      </ProfilePart>
      <ProfilePart title={t.password}>
        <p className="quiet">
          {t.passwordKeeps} <Link href={security.href({})}>{t.tabs.security}</Link>
        </p>
        <Button onClick={open("password")}>{t.changePassword}</Button>
      </ProfilePart>
      <ProfilePart title={t.deleteAccount}>
        <p className="quiet">{t.deleteHint}</p>
        <Button look="danger" onClick={open("delete")}>
          {t.deleteAccount}
        </Button>
      </ProfilePart>
      <Suspense>
        {dialog === "email" && <EmailDialog onClose={close} />}
        {dialog === "password" && <PasswordDialog onClose={close} />}
        {dialog === "delete" && <DeleteAccountDialog email={email} onClose={close} />}
      </Suspense>
    </>
  );
}

const change = changeSearch(profile, {});

function open(dialog: "email" | "password" | "delete") {
  return () => {
    change({ dialog });
  };
}

function close() {
  change({ dialog: null }, { replace: true }); // Back does not open it again
}
