import { graphql, useFragment } from "react-relay";
import { Button, reasonOf } from "../parts/Button.tsx";
import { Section } from "../parts/Section.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { ScheduledSection_subscription$key } from "./__generated__/ScheduledSection_subscription.graphql";
import { LostSeats } from "./LostSeats.tsx";

const SUBSCRIPTION = graphql`
  fragment ScheduledSection_subscription on Subscription {
    scheduledChange {
      ...fragments_change @relay(mask: false)
    }
    cancelling: viewerCan(actions: [CONTRACTS_AMEND]) {
      ...abilities_ability @relay(mask: false)
    }
  }
`;

interface Props {
  readonly subscription: ScheduledSection_subscription$key;
  readonly onCancel: () => void;
}

/** The number of seats that the next term is to have, and who would lose theirs. Nothing if it stays as it is. */
export function ScheduledSection({ subscription, onCancel }: Props) {
  const t = useWords(contractsWords);
  const { date } = useFormats();
  const { scheduledChange, cancelling } = useFragment(SUBSCRIPTION, subscription);
  if (!scheduledChange) return null;
  const cancel = (
    <Button reason={reasonOf(cancelling, "CONTRACTS_AMEND")} onClick={onCancel}>
      {t.cancelChange}
    </Button>
  );
  return (
    <Section title={t.scheduled} aside={cancel}>
      <p>{t.scheduledSeats(scheduledChange.seats, date(scheduledChange.effectiveOn))}</p>
      <LostSeats change={scheduledChange} />
    </Section>
  );
}
