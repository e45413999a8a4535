import { graphql, useFragment } from "react-relay";
import { useFormats } from "../words/formats.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { MemberSeats_member$key } from "./__generated__/MemberSeats_member.graphql";
import "./MemberSeats.css";

const MEMBER = graphql`
  fragment MemberSeats_member on Member {
    seats(first: 20) {
      totalCount
      nodes {
        product {
          name
        }
      }
    }
  }
`;

const SHOWN = 2;

/** The products of which a member has a seat, in one line. What does not fit, a tooltip and screen readers say. */
export function MemberSeats({ member }: { readonly member: MemberSeats_member$key }) {
  const t = useWords(peopleWords);
  const { list, number } = useFormats();
  const { seats } = useFragment(MEMBER, member);
  if (seats.totalCount === 0) return <span className="quiet">{t.noSeat}</span>;
  const names = seats.nodes.map(({ product }) => product.name);
  const unread = seats.totalCount - names.length;
  const all = unread > 0 ? [...names, t.moreSeats(unread)] : names;
  const others = all.slice(SHOWN);
  return (
    <span className="member-seats" title={list(all)}>
      <bdi className="member-seats-names">{names.slice(0, SHOWN).join(", ")}</bdi>
      {others.length > 0 && (
        <>
          <span aria-hidden="true">+{number(seats.totalCount - SHOWN)}</span>
          <span className="hidden-text">{list(others)}</span>
        </>
      )}
    </span>
  );
}
