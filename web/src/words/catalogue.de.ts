import type { words as english } from "./catalogue.en.ts";
import { type Like, numberIn, pluralIn } from "./words.ts";

const plural = pluralIn("de");
const number = numberIn("de");

export const words = {
  yourSeats: "Ihre Plätze",
  moreProducts: "Weitere Produkte des Teams",
  youHold: "Sie haben einen Platz",
  youWait: "Warteliste",
  youAsked: "Angefragt",
  noSeat: "Kein Platz",
  since: "Seit",
  sinceDay: (day) => `seit ${day}`,
  lastUsed: "Zuletzt benutzt",
  notUsed: "Nicht im letzten Jahr",
  why: "Warum",
  sources: { DIRECT: "Ihnen zugewiesen", GROUP: "Durch eine Gruppe", DEFAULT: "Das Team gibt ihn allen" },
  throughGroup: "Durch die Gruppe",
  place: (position) =>
    position === 1 ? "Sie sind die Nummer 1 der Warteliste: Der nächste freie Platz gehört Ihnen." : `Sie sind die Nummer ${number(position)} der Warteliste.`,
  counts: "Plätze des Teams",
  free: (count) => `${number(count)} frei`,
  held: (count) => `${number(count)} belegt`,
  waiting: (count) => `${number(count)} wartend`,
  releases: (count) => plural(count, { one: "1 Version", other: `${number(count)} Versionen` }),
  noRelease: "Noch keine Versionen",
  ask: "Platz anfragen",
  askFor: (name) => `Platz anfragen: ${name}`,
  asked: (name) => `Sie haben einen Platz für ${name} angefragt. Die Antwort bekommen Sie per E-Mail.`,
  hasAlready: (name) => `Sie haben für ${name} schon einen Platz, einen Platz auf der Warteliste oder eine Anfrage.`,
  askedOn: (day) => `Sie haben am ${day} einen Platz angefragt. Noch hat niemand geantwortet.`,
  deniedOn: (day) => `Ihre Anfrage wurde am ${day} abgelehnt.`,
  withdraw: "Anfrage zurückziehen",
  withdrawn: (name) => `Die Anfrage für ${name} ist zurückgezogen.`,
  note: "Wofür Sie ihn brauchen",
  noteHint: "Das lesen die Personen, die das Team verwalten. Bis zu 1.000 Zeichen.",
  nothing: "Das Team hat noch keine Produkte",
  nothingHint: {
    USER: "Wenn die Firma Software kauft, können Sie hier einen Platz anfragen.",
    SOFTWARE_COORDINATOR: "Bitten Sie Ihren Vertragsmanager um ein Abonnement. Dann können Sie dessen Plätze zuweisen.",
    CONTRACT_MANAGER: "Bitten Sie Ihren Anbieter um ein Abonnement. Dann können Sie dessen Plätze zuweisen.",
  },
} satisfies Like<typeof english>;
