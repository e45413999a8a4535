import { graphql } from "react-relay";
import { signedOut } from "../graph/person.ts";
import { useStore } from "../graph/store.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Icon } from "../parts/Icon.tsx";
import { Menu, MenuChoices, MenuItem } from "../parts/Menu.tsx";
import { shellWords } from "../words/shell.ts";
import { chooseLanguage, chosenLanguage, LANGUAGES, useWords } from "../words/words.ts";
import type { PersonMenuSignOutMutation } from "./__generated__/PersonMenuSignOutMutation.graphql";
import { chooseTheme, theme } from "./theme.ts";

const signOutMutation = graphql`
  mutation PersonMenuSignOutMutation($input: SignOutInput!) {
    signOut(input: $input) {
      signedOut
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** The person who is signed in, with what they can choose for this browser, and the sign-out. */
export function PersonMenu({ name }: { readonly name: string }) {
  const t = useWords(shellWords);
  const chosenTheme = useStore(theme);
  const language = useStore(chosenLanguage);
  const signOut = useMutation<PersonMenuSignOutMutation>(signOutMutation);
  const leave = async () => {
    if ((await signOut.send({ dryRun: false })) === null) return;
    signedOut();
    // What was shown to this person leaves with the page: Back loads it again.
    location.assign("/");
  };
  const themes = (["system", "light", "dark"] as const).map((id) => ({ id, text: t.theme[id] }));
  return (
    <div className="side-foot">
      <Menu
        label={t.profile}
        trigger={
          <button type="button" className="side-button" aria-label={t.personMenu(name)}>
            <Icon name="profile" />
            <span dir="auto">{name}</span>
          </button>
        }
      >
        <MenuChoices title={t.appearance} chosen={chosenTheme} choices={themes} onChoose={chooseTheme} />
        <MenuChoices
          title={t.language}
          chosen={language}
          choices={LANGUAGES}
          onChoose={(id) => void chooseLanguage(id)}
        />
        <MenuItem id="sign-out" onAction={() => void leave()}>
          {t.signOut}
        </MenuItem>
      </Menu>
    </div>
  );
}
