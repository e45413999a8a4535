import { graphql } from "react-relay";
import { Copyable } from "../parts/Copyable.tsx";
import { Title } from "../parts/Title.tsx";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { useFormats } from "../words/formats.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import { byUser, type member } from "./routes.ts";

export const query = graphql`
  query MemberScreenQuery($member: ID!) @preloadable {
    ...Shell_query
    node(id: $member) {
      ... on Member {
        id
        role
        status
        user {
          name
          email
        }
        groups(first: 100) {
          nodes {
            id
            name
          }
        }
        seats(first: 50) {
          nodes {
            id
            product {
              name
            }
          }
        }
      }
    }
  }
`;

/** The page of one member of a team. */
export default function MemberScreen({ data, params }: Screen<typeof member>) {
  const t = useWords(peopleWords);
  const formats = useFormats();
  const shown = data.node;
  if (!shown?.user) return <NotFound />;
  return (
    <>
      <Link href={byUser.href({ team: params.team })}>{t.back}</Link>
      <Title>{shown.user.name}</Title>
      <p>
        {shown.role && t.roles[shown.role]} · {shown.status && t.statuses[shown.status]} · {shown.user.email}
      </p>
      <p>
        <Copyable value={params.member} what={t.id} />
      </p>
      <h2>{t.seats}</h2>
      <p>{shown.seats?.nodes.length ? formats.list(shown.seats.nodes.map(({ product }) => product.name)) : t.noSeat}</p>
      <h2>{t.groups}</h2>
      <p dir="auto">{formats.list((shown.groups?.nodes ?? []).map(({ name }) => name))}</p>
    </>
  );
}
