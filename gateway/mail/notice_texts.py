"""The texts of the mails that tell a person of a change of their account, in each language."""

from typing import NamedTuple

from domain.mails import AccountEvent


class Notice(NamedTuple):
    """The subject of a mail about a change of an account, what happened, and what else there is to say.

    Texts about a partner token name it and its team; `until` and `until_time` are when its secret before ends.
    """

    subject: str
    happened: str
    also: str


# A thief of a session may have added it. A new password alone does not help against that.
NEW_FACTOR_EN = (
    "If your account had no second factor before, a new password that you set within 7 days with a link by mail "
    "removes it. Later, only the operator can. If it had one, sign in with it, and remove the new one."
)
NEW_FACTOR_DE = (
    "Wenn Ihr Konto vorher keinen zweiten Faktor hatte, entfernt ihn ein neues Passwort, das Sie innerhalb von 7 Tagen "
    "mit einem Link aus einer Mail setzen. Später kann das nur der Betreiber. Wenn es schon einen hatte, melden Sie "
    "sich mit ihm an, und entfernen Sie den neuen."
)

EN = {
    AccountEvent.PASSWORD_CHANGED: Notice(
        "Your password was changed",
        "the password of your account at {address} was changed",
        "All your other sessions were ended. Your passkeys and your sign-ins by OpenID Connect still work: look "
        "through them, and remove those that you do not know.",
    ),
    AccountEvent.PASSWORD_SET: Notice(
        "A new password was set",
        "a new password was set for your account at {address} with a link",
        "All your sessions were ended, your partner tokens were revoked, and sign-ins by OpenID Connect were removed. "
        "Passkeys are only a second step until you use one.",
    ),
    AccountEvent.PASSWORD_LOCKED: Notice(
        "Your password was locked",
        "the operator of {address} locked the password of your account",
        "All your sessions were ended, your partner tokens were revoked, and sign-ins by OpenID Connect were removed. "
        "Passkeys are only a second step until you use one. The operator gives you a link.",
    ),
    AccountEvent.EMAIL_CHANGED: Notice(
        "This is your new e-mail address",
        "this became the e-mail address of your account at {address}",
        "From now on, you sign in with it.",
    ),
    AccountEvent.NAMES_CHANGED: Notice(
        "Your names were changed",
        "the names of your account at {address} were changed",
        "All of your teams see the new names.",
    ),
    AccountEvent.SESSIONS_ENDED: Notice(
        "Your other sessions were ended",
        "all sessions of your account at {address} but one were ended",
        "Sign in again on your other devices. A change of your address that was not confirmed yet ended, too.",
    ),
    AccountEvent.SESSION_ENDED: Notice(
        "A session was ended",
        "a session of your account at {address} was ended from another one",
        "Sign in again on the device of that session.",
    ),
    AccountEvent.EMAIL_RESTORED: Notice(
        "The change of your e-mail address was undone",
        "the change of the e-mail address of your account at {address} was undone, and a new password was set",
        "All your sessions were ended, your partner tokens were revoked, and sign-ins by OpenID Connect were removed. "
        "Passkeys are only a second step until you use one.",
    ),
    AccountEvent.AUTHENTICATOR_APP_ADDED: Notice(
        "An authenticator app was added",
        "an authenticator app was added to your account at {address}",
        "From now on, a sign-in with the password needs a second step. Keep your recovery codes in a safe "
        f"place. {NEW_FACTOR_EN}",
    ),
    AccountEvent.AUTHENTICATOR_APP_REMOVED: Notice(
        "Your authenticator app was removed",
        "the authenticator app of your account at {address} was removed",
        "If you have no other second factor, your password alone is enough to sign in.",
    ),
    AccountEvent.PASSKEY_ADDED: Notice(
        "A passkey was added",
        "a passkey was added to your account at {address}",
        "With it, you can sign in without your password. A sign-in with the password needs a second step "
        f"now. {NEW_FACTOR_EN}",
    ),
    AccountEvent.PASSKEY_REMOVED: Notice(
        "A passkey was removed",
        "a passkey was removed from your account at {address}",
        "Nobody can sign in with it any more. Without another second factor, your password alone is enough.",
    ),
    AccountEvent.SECOND_FACTORS_REMOVED: Notice(
        "New second factors were removed",
        "new second factors were removed from your account at {address}, because a password was set with a link",
        "Somebody else may have added the authenticator app, the passkeys or the recovery codes. Look through your "
        "second factors, and set up what is missing.",
    ),
    AccountEvent.RECOVERY_CODES_RENEWED: Notice(
        "New recovery codes were made",
        "new recovery codes were made for your account at {address}",
        "The old codes are refused from now on.",
    ),
    AccountEvent.RECOVERY_CODE_USED: Notice(
        "A recovery code was used",
        "somebody signed in to your account at {address} with one of your recovery codes",
        "This code cannot be used again.",
    ),
    AccountEvent.SECOND_STEPS_FAILED: Notice(
        "Wrong codes for your account",
        "somebody did the first step of a sign-in to your account at {address}, but sent several wrong codes, the last "
        "one",
        "Nobody got in with them. If it was you, there is nothing to do.",
    ),
    AccountEvent.IDENTITY_LINKED: Notice(
        "A new way to sign in",
        "a sign-in by OpenID Connect was added to your account at {address}",
        "From now on, the person with that sign-in can use your account. A "
        "new password that is set with a link removes it.",
    ),
    AccountEvent.IDENTITY_UNLINKED: Notice(
        "A way to sign in was removed",
        "a sign-in by OpenID Connect was removed from your account at {address}",
        "If you know no password for the account, set one now.",
    ),
    AccountEvent.TOKEN_CREATED: Notice(
        "A partner token was created",
        "the partner token {token} of the team {team} was created with your account at {address}",
        "A program that has it acts with your rights in the team. `revokePartnerToken` ends it. A new password that is "
        "set with a link revokes it, too.",
    ),
    AccountEvent.TOKEN_ROTATED: Notice(
        "A partner token got a new secret",
        "the partner token {token} of the team {team}, which your account at {address} granted, got a new secret",
        "The secret before works until {until}, {until_time} UTC. `revokePartnerToken` ends both secrets. A new "
        "password that is set with a link revokes the token, too.",
    ),
}

DE = {
    AccountEvent.PASSWORD_CHANGED: Notice(
        "Ihr Passwort wurde geändert",
        "das Passwort Ihres Kontos auf {address} wurde geändert",
        "Alle Ihre anderen Sitzungen wurden beendet. Ihre Passkeys und Ihre Anmeldungen über OpenID Connect gelten "
        "weiter: Sehen Sie sie durch, und entfernen Sie die, die Sie nicht kennen.",
    ),
    AccountEvent.PASSWORD_SET: Notice(
        "Ein neues Passwort wurde gesetzt",
        "für Ihr Konto auf {address} wurde mit einem Link ein neues Passwort gesetzt",
        "Alle Ihre Sitzungen wurden beendet, Ihre Partner-Tokens widerrufen, und Anmeldungen über OpenID Connect "
        "entfernt. Passkeys sind nur ein zweiter Schritt, bis Sie einen benutzen.",
    ),
    AccountEvent.PASSWORD_LOCKED: Notice(
        "Ihr Passwort wurde gesperrt",
        "der Betreiber von {address} hat das Passwort Ihres Kontos gesperrt",
        "Alle Ihre Sitzungen wurden beendet, Ihre Partner-Tokens widerrufen, und Anmeldungen über OpenID Connect "
        "entfernt. Passkeys sind nur ein zweiter Schritt, bis Sie einen benutzen. Der Betreiber gibt Ihnen einen Link.",
    ),
    AccountEvent.EMAIL_CHANGED: Notice(
        "Dies ist Ihre neue E-Mail-Adresse",
        "dies wurde die E-Mail-Adresse Ihres Kontos auf {address}",
        "Von jetzt an melden Sie sich mit ihr an.",
    ),
    AccountEvent.NAMES_CHANGED: Notice(
        "Ihr Name wurde geändert",
        "der Name Ihres Kontos auf {address} wurde geändert",
        "Alle Ihre Teams sehen den neuen Namen.",
    ),
    AccountEvent.SESSIONS_ENDED: Notice(
        "Ihre anderen Sitzungen wurden beendet",
        "alle Sitzungen Ihres Kontos auf {address} außer einer wurden beendet",
        "Melden Sie sich auf Ihren anderen Geräten neu an. Eine Änderung Ihrer Adresse, die noch nicht bestätigt "
        "war, endete ebenfalls.",
    ),
    AccountEvent.SESSION_ENDED: Notice(
        "Eine Sitzung wurde beendet",
        "eine Sitzung Ihres Kontos auf {address} wurde von einer anderen aus beendet",
        "Melden Sie sich auf dem Gerät dieser Sitzung neu an.",
    ),
    AccountEvent.EMAIL_RESTORED: Notice(
        "Die Änderung Ihrer E-Mail-Adresse wurde rückgängig gemacht",
        "die Änderung der E-Mail-Adresse Ihres Kontos auf {address} wurde rückgängig gemacht, und ein neues "
        "Passwort wurde gesetzt",
        "Alle Ihre Sitzungen wurden beendet, Ihre Partner-Tokens widerrufen, und Anmeldungen über OpenID Connect "
        "entfernt. Passkeys sind nur ein zweiter Schritt, bis Sie einen benutzen.",
    ),
    AccountEvent.AUTHENTICATOR_APP_ADDED: Notice(
        "Eine Authenticator-App wurde hinzugefügt",
        "zu Ihrem Konto auf {address} wurde eine Authenticator-App hinzugefügt",
        "Von jetzt an braucht eine Anmeldung mit dem Passwort einen zweiten Schritt. "
        f"Bewahren Sie Ihre Ersatzcodes sicher auf. {NEW_FACTOR_DE}",
    ),
    AccountEvent.AUTHENTICATOR_APP_REMOVED: Notice(
        "Ihre Authenticator-App wurde entfernt",
        "die Authenticator-App Ihres Kontos auf {address} wurde entfernt",
        "Wenn Sie keinen anderen zweiten Faktor haben, genügt Ihr Passwort allein für die Anmeldung.",
    ),
    AccountEvent.PASSKEY_ADDED: Notice(
        "Ein Passkey wurde hinzugefügt",
        "zu Ihrem Konto auf {address} wurde ein Passkey hinzugefügt",
        "Mit ihm melden Sie sich ohne Passwort an. Die Anmeldung mit dem Passwort braucht nun einen zweiten "
        f"Schritt. {NEW_FACTOR_DE}",
    ),
    AccountEvent.PASSKEY_REMOVED: Notice(
        "Ein Passkey wurde entfernt",
        "von Ihrem Konto auf {address} wurde ein Passkey entfernt",
        "Niemand kann sich mehr mit ihm anmelden. Ohne anderen zweiten Faktor genügt Ihr Passwort allein.",
    ),
    AccountEvent.SECOND_FACTORS_REMOVED: Notice(
        "Neue zweite Faktoren wurden entfernt",
        "neue zweite Faktoren Ihres Kontos auf {address} wurden entfernt, weil mit einem Link ein Passwort gesetzt "
        "wurde",
        "Jemand anderes kann die Authenticator-App, die Passkeys oder die Ersatzcodes hinzugefügt haben. Sehen Sie "
        "Ihre zweiten Faktoren durch, und richten Sie ein, was fehlt.",
    ),
    AccountEvent.RECOVERY_CODES_RENEWED: Notice(
        "Neue Ersatzcodes wurden erzeugt",
        "für Ihr Konto auf {address} wurden neue Ersatzcodes erzeugt",
        "Die alten Codes werden von jetzt an abgelehnt.",
    ),
    AccountEvent.RECOVERY_CODE_USED: Notice(
        "Ein Ersatzcode wurde benutzt",
        "jemand hat sich in Ihrem Konto auf {address} mit einem Ihrer Ersatzcodes angemeldet",
        "Dieser Code kann nicht noch einmal benutzt werden.",
    ),
    AccountEvent.SECOND_STEPS_FAILED: Notice(
        "Falsche Codes für Ihr Konto",
        "jemand hat den ersten Schritt einer Anmeldung in Ihrem Konto auf {address} gemacht, aber mehrere falsche "
        "Codes geschickt, zuletzt",
        "Niemand kam damit hinein. Wenn Sie es waren, ist nichts zu tun.",
    ),
    AccountEvent.IDENTITY_LINKED: Notice(
        "Eine neue Anmeldung",
        "eine Anmeldung über OpenID Connect wurde Ihrem Konto auf {address} hinzugefügt",
        "Von jetzt an kann die Person mit dieser Anmeldung Ihr Konto benutzen. Ein "
        "neues Passwort, das mit einem Link gesetzt wird, entfernt sie.",
    ),
    AccountEvent.IDENTITY_UNLINKED: Notice(
        "Eine Anmeldung wurde entfernt",
        "eine Anmeldung über OpenID Connect wurde aus Ihrem Konto auf {address} entfernt",
        "Wenn Sie kein Passwort für das Konto kennen, setzen Sie jetzt eines.",
    ),
    AccountEvent.TOKEN_CREATED: Notice(
        "Ein Partner-Token wurde erstellt",
        "das Partner-Token {token} des Teams {team} wurde mit Ihrem Konto auf {address} erstellt",
        "Ein Programm, das es hat, handelt mit Ihren Rechten im Team. `revokePartnerToken` beendet es. Auch ein neues "
        "Passwort, das mit einem Link gesetzt wird, widerruft es.",
    ),
    AccountEvent.TOKEN_ROTATED: Notice(
        "Ein Partner-Token hat ein neues Geheimnis",
        "das Partner-Token {token} des Teams {team}, das Ihr Konto auf {address} vergab, bekam ein neues Geheimnis",
        "Das Geheimnis davor gilt bis zum {until}, {until_time} Uhr (UTC). `revokePartnerToken` beendet beide. Auch "
        "ein neues Passwort, das mit einem Link gesetzt wird, widerruft das Token.",
    ),
}
