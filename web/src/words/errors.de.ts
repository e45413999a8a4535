import type { ProblemCode } from "../graph/problems.ts";
import type { words as english } from "./errors.en.ts";
import { type ErrorText, type Like, pluralIn } from "./words.ts";

const plural = pluralIn("de");

function wait(seconds: number | null): string {
  if (seconds === null) return "Versuchen Sie es später noch einmal.";
  const minutes = Math.ceil(seconds / 60);
  if (seconds < 60) return plural(seconds, { one: "Versuchen Sie es in einer Sekunde noch einmal.", other: `Versuchen Sie es in ${String(seconds)} Sekunden noch einmal.` });
  return plural(minutes, { one: "Versuchen Sie es in einer Minute noch einmal.", other: `Versuchen Sie es in ${String(minutes)} Minuten noch einmal.` });
}

const problems = {
  ACCOUNT_UNVERIFIED: "Es gibt ein Konto mit dieser Adresse, aber niemand hat die Adresse bestätigt. Öffnen Sie zuerst den Link in der E-Mail.",
  ALREADY_ASSIGNED: "Diese Person hat schon einen Platz des Produkts.",
  ALREADY_IN_GROUP: "Diese Person ist schon in der Gruppe.",
  ALREADY_IN_ROLE: "Diese Person hat die Rolle schon.",
  ALREADY_MEMBER: "Diese Person ist schon im Team oder schon eingeladen.",
  ALREADY_OUT_OF_GROUP: "Diese Person ist nicht in der Gruppe.",
  ALREADY_REQUESTED: "Sie haben schon einen Platz dieses Produkts angefragt. Noch hat niemand geantwortet.",
  AMOUNT_INVALID: "Der Betrag ist nicht positiv, oder größer als das, was offen ist.",
  CHALLENGE_INVALID: "Diese Anmeldung ist abgelaufen, oder es gab zu viele falsche Codes. Fangen Sie neu an.",
  CODE_INVALID: "Der Code ist falsch, zu alt oder schon benutzt.",
  CONFIRM_NEEDED: ({ count }) => count === null ? "Das ändert mehr, als Sie gesehen haben. Bestätigen Sie es zuerst." : plural(count, { one: "Es geht jetzt um eine Person. Sehen Sie noch einmal hin und bestätigen Sie die Zahl.", other: `Es geht jetzt um ${String(count)} Personen. Sehen Sie noch einmal hin und bestätigen Sie die Zahl.` }),
  CONTRACT_MANAGER_EXISTS: "Die Firma hat schon einen Vertragsmanager.",
  DAY_INVALID: "Der Tag liegt in der Zukunft.",
  DUPLICATE: "Diese Person steht zweimal in der Liste.",
  EMAIL_DIFFERS: "Die Einladung ging an eine andere Adresse als die, mit der Sie angemeldet sind.",
  EMAIL_INVALID: "Das ist keine E-Mail-Adresse.",
  EMAIL_TAKEN: "Es gibt schon ein Konto mit dieser Adresse.",
  EMAIL_UNVERIFIED: "Der Anbieter hat Ihre Adresse nicht bestätigt. Bestätigen Sie sie dort, oder melden Sie sich anders an.",
  EXPIRY_INVALID: "Ein Token muss in der Zukunft enden, spätestens in 366 Tagen.",
  EXTERNAL_ID_INVALID: "Eine externe Kennung hat 1 bis 100 sichtbare Zeichen.",
  EXTERNAL_ID_KEPT: "Diese Person behält ihre externe Kennung.",
  EXTERNAL_ID_TAKEN: "Eine andere Person hat diese externe Kennung.",
  GROUP_NOT_FOUND: "Das Team hat keine solche Gruppe.",
  IDENTITY_DIFFERS: "Ihr Konto ist bei diesem Anbieter mit einer anderen Person verknüpft.",
  IDENTITY_ENDED: "Eine Anmeldung bei diesem Anbieter wurde aus Ihrem Konto entfernt. Melden Sie sich anders an, und fügen Sie sie im Profil hinzu.",
  IDENTITY_TAKEN: "Ein anderes Konto ist mit dieser Person beim Anbieter verknüpft.",
  INVALID_CREDENTIALS: "Die Adresse oder das Passwort ist falsch, oder die Adresse ist nicht bestätigt.",
  INVITATION_ACCEPTED: "Sie haben diese Einladung schon angenommen.",
  INVITATION_EXPIRED: "Die Einladung ist abgelaufen. Bitten Sie um eine neue.",
  INVITATION_INVALID: "Diese Einladung gibt es nicht, oder sie wurde zurückgezogen oder ersetzt. Bitten Sie um eine neue.",
  LAST_CONTRACT_MANAGER: "Ein Team behält immer mindestens einen Vertragsmanager. Machen Sie zuerst jemand anderen dazu.",
  LEAVERS_UNKNOWN: "Eine Zeile der Datei wurde abgelehnt, deshalb wurde niemand entfernt. Korrigieren Sie die Zeile und senden Sie die Datei noch einmal.",
  LINK_INVALID: "Der Link ist unvollständig, abgelaufen, schon benutzt oder durch einen neueren ersetzt.",
  LIST_EMPTY: "Wählen Sie mindestens einen Eintrag.",
  LIST_TOO_LONG: "Das sind mehr als 5.000 Personen. Wählen Sie weniger.",
  MAIL_PAUSED: ({ retryAfter }) => `An diese Adresse ging gerade erst eine E-Mail. ${wait(retryAfter)}`,
  NAME_INVALID: "Ein Name hat 1 bis 100 Zeichen, mindestens eines davon ist sichtbar.",
  NAME_TAKEN: "Dieser Name ist vergeben. Groß- und Kleinschreibung, Akzente und Leerzeichen zählen nicht.",
  NO_POOL: "Das Team hat keine Plätze dieses Produkts.",
  NO_SEAT_LEFT: "Kein Platz ist frei.",
  NOT_ASSIGNED: "Diese Person hat keinen Platz des Produkts.",
  NOT_FOUND: "Diese Person ist nicht mehr im Team.",
  NOT_IN_GROUP: "Diese Person ist nicht mehr in der Gruppe.",
  PASSKEY_REFUSED: "Der Passkey wurde nicht angenommen. Versuchen Sie es noch einmal.",
  PASSKEY_TAKEN: "Ein Konto hat diesen Passkey schon.",
  PASSKEY_UNKNOWN: "Kein Konto hat diesen Passkey. Vielleicht wurde er entfernt.",
  PASSWORD_FIRST: "Das Passwort wurde zurückgesetzt. Melden Sie sich mit dem Passwort an, und mit dem Passkey als zweitem Schritt.",
  PASSWORD_INVALID: "Ein Passwort hat 10 bis 200 Zeichen und keine Steuerzeichen.",
  PASSWORD_NEEDED: "Ihre Anmeldung ist eine Weile her. Geben Sie zur Bestätigung Ihr Passwort ein.",
  PROVIDER_MISSING: "Diese Anmeldung ist nicht eingerichtet.",
  REASON_INVALID: "Die Begründung ist leer oder zu lang.",
  REFERENCE_INVALID: "Der Verwendungszweck ist leer oder zu lang.",
  REFERENCE_TAKEN: "Eine Zahlung hat diesen Verwendungszweck schon.",
  REQUEST_ANSWERED: "Diese Anfrage wurde schon beantwortet oder zurückgezogen.",
  SCOPE_NOT_HELD: "Sie dürfen das selbst nicht, also darf es auch Ihr Token nicht.",
  SEAT_CHANGED: "Jetzt hat jemand anders den Platz. Sehen Sie noch einmal nach.",
  SEATS_INVALID: "Die Zahl der Plätze ist zu klein oder zu groß.",
  SECRET_SHOWN_ONCE: "Geheimnisse und Wiederherstellungscodes werden einmal gezeigt und nicht gespeichert. Wenn Sie sie nicht haben, machen Sie neue.",
  SECOND_FACTOR_EXISTS: "Ihr Konto hat schon eine Authenticator-App. Entfernen Sie diese zuerst.",
  SECOND_FACTOR_NEEDED: "Das braucht einen zweiten Faktor. Richten Sie zuerst einen ein, oder melden Sie sich damit an.",
  SEPARATION_OF_DUTIES: "Ihr Team trennt die Aufgaben: Niemand gibt sich selbst einen Platz. Deshalb wurden Sie ausgelassen.",
  SIGN_IN_AGAIN: "Ihre Anmeldung ist eine Weile her, oder sie war ohne Ihren zweiten Faktor. Melden Sie sich noch einmal an.",
  SIGN_IN_OVER: "Diese Anmeldung wurde schon benutzt oder hat zu lange gedauert. Fangen Sie neu an.",
  SIGN_IN_FIRST: "Es gibt ein Konto mit dieser Adresse. Melden Sie sich zuerst damit an.",
  SOURCE_REMAINS: "Eine Gruppe oder die Vorgabe des Teams gibt diesen Platz weiterhin.",
  SUBSCRIPTION_INACTIVE: "Das Abonnement dieses Platzes ist nicht aktiv.",
  TERM_INVALID: "Das Abonnement würde enden, bevor es beginnt, oder vor heute.",
  TOKEN_ENDED: "Das Token ist widerrufen oder abgelaufen. Machen Sie ein neues.",
  TOKEN_ROTATED: ({ retryAfter }) => `Das Token wurde gerade erst erneuert, und beide Geheimnisse gelten. ${wait(retryAfter)}`,
  TOO_MANY_ATTEMPTS: ({ retryAfter }) => `Es gab zu viele Versuche. ${wait(retryAfter)}`,
  TOO_MANY_PASSKEYS: "Ihr Konto hat 20 Passkeys. Entfernen Sie zuerst einen.",
  WAITING: "Kein Platz ist frei. Die Person steht jetzt auf der Warteliste.",
} satisfies Record<ProblemCode, ErrorText>;

const failures = {
  UNREACHABLE: "Usher antwortet nicht. Versuchen Sie es gleich noch einmal: Nichts geschieht doppelt.",
  FORBIDDEN: "Das dürfen Sie nicht. Vielleicht hat sich Ihre Rolle geändert.",
  NOT_FOUND: "Das gibt es nicht mehr, oder Sie dürfen es nicht sehen.",
  BAD_USER_INPUT: "Usher kann einen der Werte nicht annehmen. Korrigieren Sie ihn und versuchen Sie es noch einmal.",
  IDEMPOTENCY_KEY_REUSED: "An der Stelle dieser Änderung wurde eine andere gesendet. Versuchen Sie es noch einmal.",
  PAYLOAD_TOO_LARGE: "Die Datei ist zu groß.",
  ANSWER_TOO_LARGE: "Die Antwort ist zu groß. Wählen Sie weniger.",
  PERSISTED_QUERY_NOT_FOUND: "Usher wurde erneuert. Laden Sie die Seite neu.",
  UNTRUSTED_DOCUMENT: "Usher wurde erneuert. Laden Sie die Seite neu.",
  INTERNAL: "Usher ist gescheitert, und nichts wurde geändert. Nennen Sie dem Betreiber die Nummer der Anfrage.",
};

export const words = { problems, failures } satisfies Like<typeof english>;
