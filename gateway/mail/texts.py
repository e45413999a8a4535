"""The texts of the mails to people, in each language. Mails for the operator are in English.

The names in braces are filled in. A name in them that a user wrote must have been made harmless (`without_links`).
"""

from dataclasses import dataclass
from datetime import datetime

from domain.languages import Language


@dataclass(frozen=True)
class Texts:
    """The texts of all mails in one language."""

    day: str
    months: tuple[str, ...]
    invitation_subject: str
    invitation: str
    invitation_by: str
    sign_up_subject: str
    sign_up: str
    sign_up_taken_subject: str
    sign_up_taken: str
    account_deleted_subject: str
    account_deleted: str
    request_granted_subject: str
    request_denied_subject: str
    request: str
    request_granted: str
    request_waits: str
    request_denied: str
    request_message: str
    access_ends_subject: str
    access_ends: str

    def date(self, moment: datetime) -> str:
        """Return a day (UTC) as people write it."""
        return self.day.format(day=moment.day, month=self.months[moment.month - 1], year=moment.year)


EN = Texts(
    day="{day:02} {month} {year}",
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    invitation_subject="You are invited to {team}",
    invitation="""\
Hello {name},

You are invited to the team {team}.
Open this link to accept:

{link}

You can use it until {until}. If you did not expect it, ignore this mail.
""",
    invitation_by="""\
Hello {name},

{inviter} invites you to the team {team}.
Open this link to accept:

{link}

You can use it until {until}. If you did not expect it, ignore this mail.
""",
    sign_up_subject="Verify your e-mail address",
    sign_up="""\
Hello {name},

somebody signed up with this e-mail address. If it was you, open this link, and enter the password that
you chose:

{link}

You can use it until {until}, {time} UTC. If it was not you, ignore this mail: then
no account is made.
""",
    sign_up_taken_subject="You have an account already",
    sign_up_taken="""\
Hello,

somebody signed up at {address} with this e-mail address, but you have an account already.
Nothing was changed. If it was you, sign in with your password. If you have forgotten it, ask for a
link to set a new one:

{page}
""",
    account_deleted_subject="Your account was deleted",
    account_deleted="""\
Hello {name},

your account at {address} was deleted, as you asked. You have left all of your teams, all of your sessions
have ended, and your names and your e-mail address were erased.

If it was not you, write to the contract manager of your team.
""",
    request_granted_subject="Your request for {product} was granted",
    request_denied_subject="Your request for {product} was denied",
    request="""\
Hello {name},

you asked for a seat of {product} in {team}.
{outcome}
""",
    request_granted="Your request was granted. You have a seat.",
    request_waits="Your request was granted. No seat is free now, so you are on the waiting list.",
    request_denied="Your request was denied.",
    request_message="Message with the answer:",
    access_ends_subject="Your partner token {token} ends soon",
    access_ends="""\
Hello {name},

your partner token {token} of the team {team} stops working on {until}, {time} UTC.
If the partner still needs access, create a new token before that, and give the partner its secret.
""",
)

DE = Texts(
    day="{day}. {month} {year}",
    months=(
        *("Januar", "Februar", "März", "April", "Mai", "Juni"),
        *("Juli", "August", "September", "Oktober", "November", "Dezember"),
    ),
    invitation_subject="Einladung in das Team {team}",
    invitation="""\
Guten Tag {name},

Sie sind in das Team {team} eingeladen.
Öffnen Sie diesen Link, um die Einladung anzunehmen:

{link}

Er gilt bis zum {until}. Wenn Sie keine Einladung erwartet haben, ignorieren Sie diese Mail.
""",
    invitation_by="""\
Guten Tag {name},

{inviter} lädt Sie in das Team {team} ein.
Öffnen Sie diesen Link, um die Einladung anzunehmen:

{link}

Er gilt bis zum {until}. Wenn Sie keine Einladung erwartet haben, ignorieren Sie diese Mail.
""",
    sign_up_subject="Bestätigen Sie Ihre E-Mail-Adresse",
    sign_up="""\
Guten Tag {name},

jemand hat sich mit dieser E-Mail-Adresse angemeldet. Wenn Sie es waren, öffnen Sie diesen Link, und
geben Sie das Passwort ein, das Sie gewählt haben:

{link}

Er gilt bis zum {until}, {time} Uhr (UTC). Wenn Sie es nicht waren, ignorieren Sie diese Mail: Dann
wird kein Konto eröffnet.
""",
    sign_up_taken_subject="Sie haben bereits ein Konto",
    sign_up_taken="""\
Guten Tag,

jemand hat sich auf {address} mit dieser E-Mail-Adresse angemeldet, aber Sie haben bereits ein Konto.
Es wurde nichts geändert. Wenn Sie es waren, melden Sie sich mit Ihrem Passwort an. Wenn Sie es
vergessen haben, fordern Sie einen Link an, mit dem Sie ein neues setzen können:

{page}
""",
    account_deleted_subject="Ihr Konto wurde gelöscht",
    account_deleted="""\
Guten Tag {name},

Ihr Konto auf {address} wurde gelöscht, wie Sie es wollten. Sie haben alle Ihre Teams verlassen, alle Ihre
Sitzungen sind beendet, und Ihre Namen und Ihre E-Mail-Adresse wurden gelöscht.

Wenn Sie es nicht waren, schreiben Sie dem Vertragsverantwortlichen Ihres Teams.
""",
    request_granted_subject="Ihre Anfrage nach {product} wurde angenommen",
    request_denied_subject="Ihre Anfrage nach {product} wurde abgelehnt",
    request="""\
Guten Tag {name},

Sie haben im Team {team} nach einem Platz für {product} gefragt.
{outcome}
""",
    request_granted="Ihre Anfrage wurde angenommen. Sie haben einen Platz.",
    request_waits="Ihre Anfrage wurde angenommen. Es ist kein Platz frei, deshalb stehen Sie auf der Warteliste.",
    request_denied="Ihre Anfrage wurde abgelehnt.",
    request_message="Nachricht mit der Antwort:",
    access_ends_subject="Ihr Partner-Token {token} läuft bald ab",
    access_ends="""\
Guten Tag {name},

Ihr Partner-Token {token} des Teams {team} gilt nur noch bis zum {until}, {time} Uhr (UTC).
Wenn der Partner weiter Zugang braucht, erstellen Sie vorher ein neues, und geben Sie ihm dessen Geheimnis.
""",
)

TEXTS = {Language.EN: EN, Language.DE: DE}
