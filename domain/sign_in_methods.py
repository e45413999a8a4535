"""How a person can prove who they are when a session begins."""

from domain.described import DescribedText


class SignInMethod(DescribedText):
    """With what a person proved who they are when a session began."""

    PASSWORD = "password", "With the password of the account."
    LINK = "link", "With the link of a mail, or one from the operator: when an account was opened or its password set."
    PASSKEY = "passkey", "With a passkey in place of the password."
    OPENID_CONNECT = "openid_connect", "With the account of an identity provider (OpenID Connect)."
