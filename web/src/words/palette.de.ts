import type { words as english } from "./palette.en.ts";
import type { Like } from "./words.ts";

export const words = {
  products: "meine eigenen plätze software apps versionen anfragen",
  people: "mitglieder personen mitarbeiter kollegen rollen",
  byProduct: "plätze inhaber warteliste wartende frei verfügbar vergeben",
  byGroup: "gruppen vorgabe produkte abteilungen",
  requests: "gebeten gewähren ablehnen genehmigen",
  invite: "einladen hinzufügen neue mitglieder einladungen csv datei import hochladen",
  billing: "zahlungen rechnungen kosten ausgaben fällig ablaufen",
  contracts: "abonnements laufzeiten plätze verlängern preise",
  orders: "rechnungen käufe gutschriften steuer",
  notices: "mails gesendet erinnerungen ankündigungen",
  companies: "kunden unternehmen verträge abonnements bestellungen rechnungen zahlungen ankündigungen",
  reporting: "nutzung stunden sitzungen statistik",
  team: "name sprache regeln sicherheit trennung der aufgaben",
  tokens: "partner api geheimnis schlüssel rechte",
  audit: "audit log protokoll verlauf ereignisse wer hat was geändert",
  history: "plätze früher zeitraum tag",
  profile: "mein name sprache e-mail adresse passwort löschen",
  security: "2fa mfa authenticator app passkeys codes zweiter faktor anmeldung",
  sessions: "geräte browser angemeldet abmelden",
  preferences: "mails erinnerungen abbestellen zusammenfassung einstellungen",
  explorer: "graphiql graphql abfragen api",
} satisfies Like<typeof english>;
