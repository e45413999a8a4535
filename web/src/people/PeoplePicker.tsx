// Finds people of a team by a search, and lets the viewer choose some of them.
import { useEffect, useId, useState } from "react";
import { graphql } from "react-relay";
import { ask } from "../graph/pages.ts";
import { SearchBox } from "../parts/FilterBar.tsx";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";
import type { MembersFilter, PeoplePickerQuery } from "./__generated__/PeoplePickerQuery.graphql";
import "./PeoplePicker.css";

const QUERY = graphql`
  query PeoplePickerQuery($team: ID!, $filter: MembersFilter) {
    team(id: $team) {
      members(first: 20, filter: $filter) {
        nodes {
          user {
            id
            name
            email
          }
        }
      }
    }
  }
`;

/** The names of the people who are chosen, by the ids of their users. */
export type Chosen = ReadonlyMap<string, string>;

interface Props {
  readonly team: string;
  readonly label: string;
  /** Who can be found at all, such as those without a seat. */
  readonly filter: MembersFilter;
  readonly chosen: Chosen;
  readonly onChange: (chosen: Chosen) => void;
}

/** A search with check boxes. Those who are chosen stay, whatever is searched next. */
export function PeoplePicker({ team, label, filter, chosen, onChange }: Props) {
  const t = useWords(seatsWords);
  const id = useId();
  const [search, setSearch] = useState("");
  const found = useFound(team, JSON.stringify({ ...filter, search: search || null }));
  // Nobody changes places while they are chosen: the focus would be lost.
  const shown = new Set((found ?? []).map(({ userId }) => userId));
  const others = [...chosen].filter(([userId]) => !shown.has(userId));
  const toggle = (userId: string, name: string) => {
    const next = new Map(chosen);
    if (!next.delete(userId)) next.set(userId, name);
    onChange(next);
  };
  return (
    <div className="people-picker">
      <SearchBox label={label} value={search} onChange={setSearch} />
      <fieldset aria-describedby={`${id}-hint`}>
        <legend className="hidden-text">{t.found}</legend>
        {others.map(([userId, name]) => (
          <Person key={userId} name={name} checked onToggle={() => toggle(userId, name)} />
        ))}
        {found?.map(({ userId, name, email }) => (
          <Person
            key={userId}
            name={name}
            email={email}
            checked={chosen.has(userId)}
            onToggle={() => toggle(userId, name)}
          />
        ))}
      </fieldset>
      <p id={`${id}-hint`} role="status" className="quiet small">
        {found?.length === 0 ? t.foundNobody : t.typeToFind}
      </p>
    </div>
  );
}

interface PersonProps {
  readonly name: string;
  readonly email?: string | null;
  readonly checked: boolean;
  readonly onToggle: () => void;
}

function Person({ name, email = null, checked, onToggle }: PersonProps) {
  return (
    <label className="people-picker-person">
      <input type="checkbox" className="tick" checked={checked} onChange={onToggle} />
      <bdi>{name}</bdi>
      {email !== null && <span className="quiet small">{email}</span>}
    </label>
  );
}

interface Found {
  readonly userId: string;
  readonly name: string;
  readonly email: string | null;
}

/** The first people that this filter finds; null until Usher has answered, or if it refused. */
function useFound(team: string, filter: string): readonly Found[] | null {
  const [found, setFound] = useState<readonly Found[] | null>(null);
  useEffect(() => {
    let stale = false;
    void ask<PeoplePickerQuery>(QUERY, { team, filter: JSON.parse(filter) as MembersFilter }).then((data) => {
      if (stale) return;
      const nodes = data?.team?.members.nodes ?? [];
      setFound(data && nodes.map(({ user: { id: userId, name, email } }) => ({ userId, name, email })));
    });
    return () => {
      stale = true;
    };
  }, [team, filter]);
  return found;
}
