import { Icon } from "../parts/Icon.tsx";
import { Menu, MenuChoices } from "../parts/Menu.tsx";
import { navigate } from "../router/router.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";

interface Named {
  readonly id: string;
  readonly name: string;
}

const TEAM_PLACE = /^\/teams\/[^/]+\/(products|people|billing|reporting|settings)/;

/** The team that is shown, and the way to another one: to the same place there, or to its start. */
export function TeamSwitch({ teams, present }: { readonly teams: readonly Named[]; readonly present: Named }) {
  const t = useWords(shellWords);
  if (teams.length < 2) return <strong dir="auto">{present.name}</strong>;
  const open = (id: string) => {
    const [, place = "products"] = TEAM_PLACE.exec(location.pathname) ?? [];
    navigate(`/teams/${id}/${place}`);
  };
  return (
    <Menu
      label={t.team}
      trigger={
        <button type="button" className="side-button" aria-label={t.teamSwitch(present.name)}>
          <span dir="auto">{present.name}</span>
          <Icon name="down" />
        </button>
      }
    >
      <MenuChoices
        title={t.team}
        chosen={present.id}
        choices={teams.map(({ id, name }) => ({ id, text: name }))}
        onChoose={open}
      />
    </Menu>
  );
}
