"""The texts of the mails about accounts, in each language. `gateway.mail.texts` has those of the other mails."""

from dataclasses import dataclass

from domain.languages import Language
from domain.mails import AccountEvent
from gateway.mail import notice_texts
from gateway.mail.notice_texts import Notice


@dataclass(frozen=True)
class AccountTexts:
    """The texts of all mails about accounts in one language."""

    reset_subject: str
    reset: str
    unknown_subject: str
    unknown: str
    confirm_subject: str
    confirm: str
    taken_subject: str
    taken: str
    planned_subject: str
    planned: str
    changed_subject: str
    changed: str
    undo: str
    back: str
    moved: str
    undone_subject: str
    undone: str
    notice: str
    notices: dict[AccountEvent, Notice]


EN = AccountTexts(
    reset_subject="Set a new password",
    reset="""\
Hello {name},

somebody asked for a link to set a new password for your account. If it was you, open this link:

{link}

You can use it once, until {until}, {time} UTC. It ends all your sessions, revokes your partner tokens, and
removes your sign-ins by OpenID Connect. Passkeys are only a second step until you use one. If your account
got its first second factor in the last 7 days, it removes all of them. If it was not you, ignore this mail:
then nothing changes.
""",
    unknown_subject="You have no account with this e-mail address",
    unknown="""\
Hello,

somebody asked at {address} for a link to set a new password for this e-mail address. No account has it.
If it was you, try your other addresses. If you were invited, open the link in the invitation. If it was
not you, ignore this mail.
""",
    confirm_subject="Confirm your new e-mail address",
    confirm="""\
Hello,

somebody wants to use this e-mail address for an account at {address}. If it was you, open this link and
confirm it:

{link}

You can use it until {until}, {time} UTC. If it was not you, ignore this mail: then nothing changes.
""",
    taken_subject="You have an account already",
    taken="""\
Hello,

somebody wants to use this e-mail address for another account at {address}, but you have an account with
it already. Nothing was changed. If it was you, sign in to that account, and give it another address first.
""",
    planned_subject="Your e-mail address is to be changed",
    planned="""\
Hello {name},

the e-mail address of your account at {address} is to be changed to another one. That happens when the
link in a mail to the new address is used.
""",
    changed_subject="Your e-mail address was changed",
    changed="""\
Hello {name},

the e-mail address of your account at {address} was changed to another one. You no longer sign in with
this address.
""",
    undo="""\
If it was you, you need do nothing.

If it was not you, open this link. It keeps this address for your account, or gives it back after the
change, lets you set a new password, ends all sessions, and removes second factors that are new:

{link}

You can use it until {days} days after the change. A newer mail of this kind replaces the link.
""",
    back="""\
The account has an address again that it had before this one, so this address cannot undo the change. If you
do not know why, ask the operator.
""",
    moved="""\
The operator made the change, and locked the old password. If you do not know why, ask the operator.
""",
    undone_subject="Your e-mail address was changed back",
    undone="""\
Hello,

this was the e-mail address of an account at {address}. The change to it was undone with the link in the
mail to the old address, and a new password was set. So you can no longer sign in with this address. If
the account is yours, and it was not you, ask the operator for help.
""",
    notice="""\
Hello {name},

{happened} on {date}, {time} UTC.
{also}

If it was not you, set a new password at once: {page}
""",
    notices=notice_texts.EN,
)

DE = AccountTexts(
    reset_subject="Setzen Sie ein neues Passwort",
    reset="""\
Guten Tag {name},

jemand hat einen Link angefordert, um ein neues Passwort für Ihr Konto zu setzen. Wenn Sie es waren, öffnen
Sie diesen Link:

{link}

Er gilt einmal, bis zum {until}, {time} Uhr (UTC). Er beendet alle Ihre Sitzungen, widerruft Ihre
Partner-Tokens, und entfernt Ihre Anmeldungen über OpenID Connect. Passkeys sind nur ein zweiter Schritt, bis
Sie einen benutzen. Wenn Ihr Konto seinen ersten zweiten Faktor in den letzten 7 Tagen bekam, entfernt er alle.
Wenn Sie es nicht waren, ignorieren Sie diese Mail: Dann ändert sich nichts.
""",
    unknown_subject="Sie haben kein Konto mit dieser E-Mail-Adresse",
    unknown="""\
Guten Tag,

jemand hat auf {address} einen Link angefordert, um ein neues Passwort für diese E-Mail-Adresse zu setzen.
Kein Konto hat sie. Wenn Sie es waren, versuchen Sie es mit Ihren anderen Adressen. Wenn Sie eingeladen
wurden, öffnen Sie den Link in der Einladung. Wenn Sie es nicht waren, ignorieren Sie diese Mail.
""",
    confirm_subject="Bestätigen Sie Ihre neue E-Mail-Adresse",
    confirm="""\
Guten Tag,

jemand möchte diese E-Mail-Adresse für ein Konto auf {address} verwenden. Wenn Sie es waren, öffnen Sie
diesen Link, und bestätigen Sie es:

{link}

Er gilt bis zum {until}, {time} Uhr (UTC). Wenn Sie es nicht waren, ignorieren Sie diese Mail: Dann ändert
sich nichts.
""",
    taken_subject="Sie haben bereits ein Konto",
    taken="""\
Guten Tag,

jemand möchte diese E-Mail-Adresse für ein anderes Konto auf {address} verwenden, aber Sie haben damit
bereits ein Konto. Es wurde nichts geändert. Wenn Sie es waren, melden Sie sich in jenem Konto an, und geben
Sie ihm zuerst eine andere Adresse.
""",
    planned_subject="Ihre E-Mail-Adresse soll geändert werden",
    planned="""\
Guten Tag {name},

die E-Mail-Adresse Ihres Kontos auf {address} soll in eine andere geändert werden. Das geschieht, wenn der
Link in einer Mail an die neue Adresse benutzt wird.
""",
    changed_subject="Ihre E-Mail-Adresse wurde geändert",
    changed="""\
Guten Tag {name},

die E-Mail-Adresse Ihres Kontos auf {address} wurde in eine andere geändert. Mit dieser Adresse melden Sie
sich nicht mehr an.
""",
    undo="""\
Wenn Sie es waren, brauchen Sie nichts zu tun.

Wenn Sie es nicht waren, öffnen Sie diesen Link. Er behält diese Adresse für Ihr Konto, oder gibt sie ihm nach
der Änderung zurück, lässt Sie ein neues Passwort setzen, beendet alle Sitzungen, und entfernt neue zweite Faktoren:

{link}

Er gilt bis {days} Tage nach der Änderung. Eine neuere Mail dieser Art ersetzt den Link.
""",
    back="""\
Das Konto hat wieder eine Adresse, die es vor dieser hatte. Deshalb kann diese Adresse die Änderung nicht
rückgängig machen. Wenn Sie nicht wissen, warum, fragen Sie den Betreiber.
""",
    moved="""\
Der Betreiber hat das getan, und das alte Passwort gesperrt. Wenn Sie nicht wissen, warum, fragen Sie ihn.
""",
    undone_subject="Ihre E-Mail-Adresse wurde zurückgeändert",
    undone="""\
Guten Tag,

dies war die E-Mail-Adresse eines Kontos auf {address}. Die Änderung wurde mit dem Link in der Mail an die
alte Adresse rückgängig gemacht, und ein neues Passwort wurde gesetzt. Sie können sich deshalb nicht mehr mit
dieser Adresse anmelden. Wenn das Konto Ihres ist und Sie es nicht waren, bitten Sie den Betreiber um Hilfe.
""",
    notice="""\
Guten Tag {name},

{happened}, am {date}, {time} Uhr (UTC).
{also}

Wenn Sie es nicht waren, setzen Sie sofort ein neues Passwort: {page}
""",
    notices=notice_texts.DE,
)

ACCOUNT_TEXTS = {Language.EN: EN, Language.DE: DE}
