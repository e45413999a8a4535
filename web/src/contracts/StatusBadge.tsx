import { Badge } from "../parts/Badge.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useWords } from "../words/words.ts";
import type { SubscriptionStatus } from "./__generated__/fragments_subscription.graphql";

const TONES = {
  UPCOMING: "plain",
  ACTIVE: "good",
  EXPIRING: "warn",
  EXPIRED: "bad",
  SUSPENDED: "bad",
  ENDED: "plain",
} as const;

/** What a subscription gives today. */
export function StatusBadge({ status }: { readonly status: SubscriptionStatus }) {
  const t = useWords(contractsWords);
  return <Badge tone={TONES[status]}>{t.statuses[status]}</Badge>;
}
