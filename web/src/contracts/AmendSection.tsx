import { graphql, useFragment } from "react-relay";
import { Button, reasonOf } from "../parts/Button.tsx";
import { Section } from "../parts/Section.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useWords } from "../words/words.ts";
import type { AmendSection_subscription$key } from "./__generated__/AmendSection_subscription.graphql";
import "./AmendSection.css";

const SUBSCRIPTION = graphql`
  fragment AmendSection_subscription on Subscription {
    autoRenew
    amending: viewerCan(actions: [CONTRACTS_AMEND]) {
      ...abilities_ability @relay(mask: false)
    }
  }
`;

interface Props {
  readonly subscription: AmendSection_subscription$key;
  readonly onOpen: (dialog: "add" | "reduce" | "renew" | "move" | "autoRenew" | "contact") => void;
}

/** The buttons of all amendments. Those who may not amend the contract read why. */
export function AmendSection({ subscription, onOpen }: Props) {
  const t = useWords(contractsWords);
  const { autoRenew, amending } = useFragment(SUBSCRIPTION, subscription);
  const reason = reasonOf(amending, "CONTRACTS_AMEND");
  const amendments = [
    ["add", t.addSeats],
    ["reduce", t.reduceSeats],
    ["renew", t.renew],
    ["autoRenew", autoRenew ? t.switchOff : t.switchOn],
    ["move", t.moveSeats],
    ["contact", t.changeContact],
  ] as const;
  return (
    <Section title={t.amend}>
      <div className="amend-buttons">
        {amendments.map(([dialog, text]) => (
          <Button key={dialog} look={dialog === "add" ? "main" : "usual"} reason={reason} onClick={() => onOpen(dialog)}>
            {text}
          </Button>
        ))}
      </div>
    </Section>
  );
}
