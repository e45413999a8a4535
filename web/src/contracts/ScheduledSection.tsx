import { graphql, useFragment } from "react-relay";
import { Section } from "../parts/Section.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { ScheduledSection_subscription$key } from "./__generated__/ScheduledSection_subscription.graphql";
import { LostSeats } from "./LostSeats.tsx";

const SUBSCRIPTION = graphql`
  fragment ScheduledSection_subscription on Subscription {
    scheduledChange {
      effectiveOn
      seats
      ...LostSeats_change
    }
  }
`;

/** The number of seats that the next term is to have, and who would lose theirs. Nothing if it stays as it is. */
export function ScheduledSection({ subscription }: { readonly subscription: ScheduledSection_subscription$key }) {
  const t = useWords(contractsWords);
  const { date } = useFormats();
  const { scheduledChange } = useFragment(SUBSCRIPTION, subscription);
  if (!scheduledChange) return null;
  return (
    <Section title={t.scheduled}>
      <p>{t.scheduledSeats(scheduledChange.seats, date(scheduledChange.effectiveOn))}</p>
      <LostSeats change={scheduledChange} />
    </Section>
  );
}
