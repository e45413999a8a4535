import type { words as english } from "./parts.en.ts";
import { type Like, numberIn } from "./words.ts";

const number = numberIn("de");
const factor = "Melden Sie sich dafür mit einem zweiten Faktor an. Dieses Team verlangt ihn von allen, die es verwalten.";

const reasons = {
  "ROLE software_coordinator": "Dafür brauchen Sie in diesem Team die Rolle Softwarekoordinator.",
  "ROLE contract_manager": "Dafür brauchen Sie in diesem Team die Rolle Vertragsmanager.",
  "SECOND_FACTOR software_coordinator": factor,
  "SECOND_FACTOR contract_manager": factor,
  "OWN true": "Das dürfen Sie nur für sich selbst.",
  "OWN false": "Das dürfen Sie nur für andere Personen.",
  "ORDERS_READ ROLE contract_manager": "Preise sehen die Vertragsmanager des Hauptteams.",
  "CONTRACTS_AMEND ROLE contract_manager": "Verträge ändern die Vertragsmanager des Hauptteams.",
  "TOKENS_ROTATE OWN true": "Das darf nur, wer das Token angelegt hat. Legen Sie ein anderes an.",
};

export const words = {
  reasons,
  cancel: "Abbrechen",
  close: "Schließen",
  copy: (what) => `${what} kopieren`,
  copied: "Kopiert",
  notCopied: "Das Kopieren ging nicht. Markieren Sie den Text und kopieren Sie ihn.",
  undo: "Rückgängig machen",
  undone: "Rückgängig gemacht",
  dismiss: "Ausblenden",
  messages: "Meldungen",
  loading: "Wird geladen …",
  optional: "freiwillig",
  any: "Alle",
  filters: "Filter",
  clearFilters: "Filter entfernen",
  search: "Suchen",
  pages: "Seiten",
  firstPage: "Erste Seite",
  previousPage: "Vorige Seite",
  nextPage: "Nächste Seite",
  lastPage: "Letzte Seite",
  rowsPerPage: "Zeilen je Seite",
  total: (count) => `${number(count)} insgesamt`,
  selectRow: (name) => `${name} auswählen`,
  selectPage: "Alle auf dieser Seite auswählen",
  selected: (count) => `${number(count)} ausgewählt`,
  selectAll: (count) => `Alle ${number(count)} passenden auswählen`,
  clearSelection: "Auswahl aufheben",
  progress: (done, all) => `${number(done)} von ${number(all)}`,
} satisfies Like<typeof english>;
