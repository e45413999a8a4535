import type { words as english } from "./billing.en.ts";
import type { Like } from "./words.ts";

export const words = {
  views: "Ansichten von Abrechnung und Bestellungen",
  tabs: { billing: "Überblick", contracts: "Verträge" },
  seats: "Plätze des Teams",
  product: "Produkt",
  total: "Plätze",
  assigned: "Vergeben",
  available: "Frei",
  waiting: "Wartende",
  share: "Belegt",
  shareOf: (product) => `Vergebene Plätze von ${product}`,
  noSeats: "Das Team hat keine Plätze",
  noSeatsHint: "Plätze kommen mit einem Abonnement. Bitten Sie Ihren Anbieter darum.",
} satisfies Like<typeof english>;
