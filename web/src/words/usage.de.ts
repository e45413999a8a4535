import type { words as english } from "./usage.en.ts";
import type { Like } from "./words.ts";

export const words = {
  usage: "Nutzung der Plätze",
  ofTeam: "Wie viel jeder Platz von der Person benutzt wird, die ihn hat.",
  own: "Wie viel Sie Ihre Plätze benutzen.",
  product: "Produkt",
  range: "Zeit",
  days: (days) => `Letzte ${days} Tage`,
  holder: "Inhaber",
  hours: "Stunden",
  sessions: "Starts",
  lastUsed: "Zuletzt benutzt",
  notInRange: "Nicht in dieser Zeit",
  heldSince: "Vergeben seit",
  nobody: "Niemand hat einen Platz",
  nobodyHint: "Wählen Sie ein anderes Produkt, oder vergeben Sie Plätze in der Benutzerverwaltung.",
  noSeat: "Sie haben keinen Platz",
  noSeatHint: "Fragen Sie unter Produkte und Dienste einen an.",
} satisfies Like<typeof english>;
