import { products } from "../catalogue/routes.ts";
import { Icon } from "../parts/Icon.tsx";
import { Menu, MenuChoices } from "../parts/Menu.tsx";
import { navigate } from "../router/router.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import type { destinations_team$key } from "./__generated__/destinations_team.graphql";
import { destinationsOf } from "./destinations.ts";

interface Named extends destinations_team$key {
  readonly id: string;
  readonly name: string;
}

/** The team that is shown, and the way to another one: to the same place there if the viewer sees it, or to its start. */
export function TeamSwitch({ teams, present }: { readonly teams: readonly Named[]; readonly present: Named }) {
  const t = useWords(shellWords);
  if (teams.length < 2) return <strong dir="auto">{present.name}</strong>;
  const open = (id: string) => {
    const places = destinationsOf(teams.find((team) => team.id === id) ?? null);
    const [, , , place = ""] = location.pathname.split("/");
    const same = places.find(({ href }) => href === `/teams/${id}/${place}`);
    navigate(same?.href ?? products.href({ team: id }));
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
