import { graphql, useFragment } from "react-relay";
import { Button, reasonOf } from "../parts/Button.tsx";
import { Section } from "../parts/Section.tsx";
import { groupsWords } from "../words/groups.ts";
import { useWords } from "../words/words.ts";
import type { GroupProducts_group$key } from "./__generated__/GroupProducts_group.graphql";
import "./GroupProducts.css";

const GROUP = graphql`
  fragment GroupProducts_group on Group {
    products {
      id
      name
    }
    giving: viewerCan(actions: [GROUPS_ASSIGN]) {
      ...abilities_ability @relay(mask: false)
    }
  }
`;

interface Props {
  readonly group: GroupProducts_group$key;
  readonly onGive: () => void;
  readonly onStop: (productId: string) => void;
}

/** The products that a group gives to its members. */
export function GroupProducts({ group, onGive, onStop }: Props) {
  const t = useWords(groupsWords);
  const { products, giving } = useFragment(GROUP, group);
  const reason = reasonOf(giving, "GROUPS_ASSIGN");
  const give = (
    <Button reason={reason} onClick={onGive}>
      {t.giveProduct}
    </Button>
  );
  return (
    <Section title={t.products} aside={give}>
      {products.length === 0 && <p className="quiet">{t.noProducts}</p>}
      <ul className="plain-list group-products">
        {products.map(({ id, name }) => (
          <li key={id}>
            <bdi>{name}</bdi>
            <Button look="plain" reason={reason} onClick={() => onStop(id)}>
              {t.stopGiving}
              <span className="hidden-text">: <bdi>{name}</bdi></span>
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
