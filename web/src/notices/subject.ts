// What a notice is about. The prefix of an id shows its type.
import { order } from "../billing/routes.ts";
import { subscription } from "../contracts/routes.ts";

/** An order, a subscription or an invoice, with the address of its page. An invoice is on the page of its order. */
export interface Subject {
  readonly kind: "order" | "subscription" | "invoice";
  readonly href: string;
}

/** Return what a notice of a team is about; null for an announcement, which has no page. */
export function subjectOf(team: string, id: string): Subject | null {
  switch (id.slice(0, id.indexOf("_"))) {
    case "order":
      return { kind: "order", href: order.href({ team, order: id }) };
    case "sub":
      return { kind: "subscription", href: subscription.href({ team, subscription: id }) };
    case "invoice":
      return { kind: "invoice", href: order.href({ team, order: id }) };
    default:
      return null;
  }
}
