import { member as memberRoute } from "../people/routes.ts";
import { Link } from "../router/Link.tsx";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";

interface Props {
  readonly team: string;
  /** The id of the member; undefined for somebody who is no member of the team. */
  readonly id: string | undefined;
  /** Their name; undefined if the viewer may not see them. */
  readonly name: string | undefined;
}

/** The name of a person, which leads to their page in the team. */
export function MemberLink({ team, id, name }: Props) {
  const t = useWords(seatsWords);
  if (name === undefined) return t.somebody;
  if (id === undefined) return <bdi>{name}</bdi>;
  return (
    <Link href={memberRoute.href({ team, member: id })} dir="auto">
      {name}
    </Link>
  );
}
