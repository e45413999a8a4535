import type { words as english } from "./notices.en.ts";
import type { Like } from "./words.ts";

const stages: Readonly<Record<string, string>> = { ended: "es ist abgelaufen", last_chance: "letzte Gelegenheit" };

export const words = {
  notices: "Mitteilungen",
  choose: "Diese Mails gingen an die Vertragsmanager. Sie wählen, welche davon Sie bekommen, und wie:",
  toPreferences: "Ihre Mitteilungen",
  none: "Es gibt noch keine Mitteilungen",
  noneHint: "Vertragsmanager bekommen Mails über Bestellungen, Verlängerungen und Zahlungen. Jede davon steht hier.",
  what: "Was",
  kinds: {
    ORDER_CONFIRMATION: "Bestellung bestätigt",
    RENEWAL: "Verlängert sich bald",
    AUTO_RENEW_CHANGED: "Automatische Verlängerung geändert",
    EXPIRY: "Abonnement endet",
    PAYMENT_OVERDUE: "Zahlung überfällig",
    PAYMENT_FAILED: "Eine Zahlung kam zurück",
    LAST_SEATS: "Wenige freie Plätze übrig",
    ANNOUNCEMENT: "Ankündigung des Anbieters",
  },
  stage: (stage) => stages[stage] ?? `${stage} Tage vorher`,
  about: "Über",
  subjects: { order: "Bestellung", subscription: "Abonnement", invoice: "Rechnung" },
  to: "An",
  somebody: "Jemand, den Sie nicht sehen",
  when: "Wann",
  how: "Wie",
  deliveries: { AT_ONCE: "Sofort", DIGEST: "Einmal am Tag", OFF: "Aus" },
  mail: "Mail",
  mails: { QUEUED: "Wartet", SENT: "Gesendet", REFUSED: "Nicht zugestellt", DROPPED: "Nicht mehr nötig" },

  digestHint: "Mails über die Verträge dieses Teams. Einmal am Tag heißt: in einer Mail, zusammen mit anderen.",
  required: "Sie können es nicht abbestellen, weil Sie Ansprechperson eines Vertrags sind, oder weil ein Vertrag keine hat.",
  set: (kind, delivery) => `${kind}: ${delivery}`,
  noPreferences: "Sie bekommen keine Mitteilungen",
  noPreferencesHint: "Mitteilungen sind Mails über Verträge. Nur die Vertragsmanager eines Teams bekommen sie.",
} satisfies Like<typeof english>;
