import { graphql, useFragment } from "react-relay";
import { useGroups } from "../groups/useGroups.ts";
import { FilterBar, FilterSelect, SearchBox } from "../parts/FilterBar.tsx";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { MembersFilterBar_team$key } from "./__generated__/MembersFilterBar_team.graphql";
import { isFiltered, type MembersSearch } from "./filter.ts";

const TEAM = graphql`
  fragment MembersFilterBar_team on Team {
    pools {
      product {
        id
        name
      }
    }
    ...useGroups_team
  }
`;

interface Props {
  readonly team: MembersFilterBar_team$key;
  readonly search: MembersSearch;
  readonly onChange: (values: Partial<MembersSearch> & { readonly at: null }, options?: { replace: boolean }) => void;
  readonly onClear: () => void;
}

/** The filters of the list of members. Each change begins at the first page again. */
export function MembersFilterBar({ team, search, onChange, onClear }: Props) {
  const t = useWords(peopleWords);
  const shown = useFragment(TEAM, team);
  const groups = useGroups(shown);
  const products = (shown.pools ?? []).map(({ product: { id, name } }) => ({ id, text: name }));
  const roles = (["USER", "SOFTWARE_COORDINATOR", "CONTRACT_MANAGER"] as const).map((id) => ({ id, text: t.roles[id] }));
  const statuses = (["ACTIVE", "PENDING"] as const).map((id) => ({ id, text: t.statuses[id] }));
  const unused = (["30", "90", "180"] as const).map((id) => ({ id, text: t.days(id) }));
  const set = <K extends keyof MembersSearch>(name: K) => (value: MembersSearch[K]) =>
    onChange({ [name]: value, at: null });
  return (
    <FilterBar active={isFiltered(search)} onClear={onClear}>
      <SearchBox
        value={search.search}
        // Each pause in typing would be a step of Back.
        onChange={(value) => onChange({ search: value, at: null }, { replace: true })}
      />
      <FilterSelect label={t.role} value={search.role} options={roles} onChange={set("role")} />
      <FilterSelect label={t.status} value={search.status} options={statuses} onChange={set("status")} />
      <FilterSelect label={t.withSeat} value={search.product} options={products} onChange={set("product")} />
      <FilterSelect label={t.withoutSeat} value={search.without} options={products} onChange={set("without")} />
      <FilterSelect label={t.group} value={search.group} options={groups} onChange={set("group")} />
      <FilterSelect label={t.unused} value={search.unused} options={unused} onChange={set("unused")} />
      <FilterSelect
        label={t.mail}
        value={search.mail}
        options={[{ id: "REFUSED", text: t.mailRefused }]}
        onChange={set("mail")}
      />
    </FilterBar>
  );
}
