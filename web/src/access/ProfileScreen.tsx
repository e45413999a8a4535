import { graphql } from "react-relay";
import { Button } from "../parts/Button.tsx";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { profileWords } from "../words/profile.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import { DeleteAccountDialog } from "./DeleteAccountDialog.tsx";
import { EmailDialog } from "./EmailDialog.tsx";
import { NamesForm } from "./NamesForm.tsx";
import { PasswordDialog } from "./PasswordDialog.tsx";
import { ProfileTabs } from "./ProfileTabs.tsx";
import { profile, security } from "./routes.ts";

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
  const change = changeSearch(profile, {});
  if (!viewer) return <NotFound />;
  const email = viewer.email ?? "";
  const open = (name: typeof dialog) => () => {
    change({ dialog: name });
  };
  const onClose = () => {
    change({ dialog: null }, { replace: true }); // Back does not open it again
  };
  return (
    <>
      <Title>{shell.profile}</Title>
      <ProfileTabs current="profile" />
      <section className="profile-part">
        <h2>{t.names}</h2>
        <NamesForm user={viewer} />
      </section>
      <section className="profile-part">
        <h2>{t.email}</h2>
        <p>{email}</p>
        <Button onClick={open("email")}>{t.changeEmail}</Button>
      </section>
      <section className="profile-part">
        <h2>{t.password}</h2>
        <p className="quiet">
          {t.passwordKeeps} <Link href={security.href({})}>{t.tabs.security}</Link>
        </p>
        <Button onClick={open("password")}>{t.changePassword}</Button>
      </section>
      <section className="profile-part">
        <h2>{t.deleteAccount}</h2>
        <p className="quiet">{t.deleteHint}</p>
        <Button look="danger" onClick={open("delete")}>
          {t.deleteAccount}
        </Button>
      </section>
      {dialog === "email" && <EmailDialog onClose={onClose} />}
      {dialog === "password" && <PasswordDialog onClose={onClose} />}
      {dialog === "delete" && <DeleteAccountDialog email={email} onClose={onClose} />}
    </>
  );
}
