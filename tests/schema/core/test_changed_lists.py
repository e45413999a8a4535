"""Each list of the graph, compared with the payloads of the mutations that change it."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from graphql import GraphQLObjectType, get_named_type

from tests.support.published_fields import PUBLISHED, payload_type, told_fields

LISTS: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("lists.yaml").read_text(encoding="utf-8"))
# The mutations that change no list that has pages, by the reason.
NO_LIST = {
    "It is about an account, or begins a session, for which the client has no list yet.": {
        "beginAuthenticatorApp",
        "beginPasskey",
        "changeEmail",
        "completeSignIn",
        "confirmAuthenticatorApp",
        "confirmEmail",
        "linkIdentity",
        "removeAuthenticatorApp",
        "renewRecoveryCodes",
        "requestPasswordReset",
        "resetPassword",
        "signIn",
        "signInWithPasskey",
        "signOut",
        "signUp",
        "undoEmailChange",
        "updateProfile",
        "verifyEmail",
    },
    "It ends the session of the client, so there is nothing left to show.": {"deleteAccount"},
    "It changes an object, which stays in its lists.": {
        "cancelScheduledChange",
        "changeRole",
        "changeRoles",
        "reduceSeats",
        "renameGroup",
        "renamePasskey",
        "resendInvitation",
        "revokePartnerToken",
        "rotatePartnerToken",
        "setAutoRenew",
        "setContactPerson",
        "setNoticePreferences",
        "updateTeam",
        "withdrawRequest",
    },
    "The vendor's staff sees no list of a team.": {
        "addSubscription",
        "createCompany",
        "createContract",
        "creditInvoice",
        "inviteContractManager",
        "recordPayment",
        "reversePayment",
        "sendAnnouncement",
    },
}


def lists() -> dict[str, str]:
    """The type of the rows of each list, by the list's field."""
    types = [one for one in PUBLISHED.type_map.values() if isinstance(one, GraphQLObjectType)]
    fields = {f"{type_}.{name}": get_named_type(field.type) for type_ in types for name, field in type_.fields.items()}
    return {
        name: str(one).removesuffix("Connection") for name, one in fields.items() if str(one).endswith("Connection")
    }


def changes() -> list[tuple[str, str, str]]:
    """Each list with a mutation that changes it, and how the payload tells that."""
    return [
        (name, mutation, how)
        for name, known in LISTS.items()
        for how in ("adds", "removes", "again")
        for mutation in known.get(how, ())
    ]


def test_every_list_is_known() -> None:
    assert LISTS.keys() == lists().keys()
    assert [name for name, known in LISTS.items() if ("never" in known) is bool(known.keys() - {"never"})] == []


def test_every_mutation_is_known() -> None:
    assert PUBLISHED.mutation_type is not None
    changing, others = {mutation for _, mutation, _ in changes()}, set().union(*NO_LIST.values())
    assert changing & others == set()
    assert changing | others == PUBLISHED.mutation_type.fields.keys()


@pytest.mark.parametrize(("name", "mutation", "how"), changes())
def test_a_payload_tells_what_changed_in_a_list(name: str, mutation: str, how: str) -> None:
    row, fields = lists()[name], payload_type(mutation).fields
    if how == "adds":
        assert str(fields[f"{row[0].lower()}{row[1:]}Edges"].type) == f"[{row}Edge!]!"
    elif how == "removes":
        assert str(fields[f"deleted{row}Ids"].type) == "[ID!]!"
    else:
        assert str(fields[LISTS[name]["again"][mutation]].type) == f"[{name.partition('.')[0]}!]!"


def test_no_payload_tells_of_rows_of_another_list() -> None:
    told = {
        (mutation, field)
        for mutation in (PUBLISHED.mutation_type.fields if PUBLISHED.mutation_type else ())
        for field in told_fields(mutation)
    }
    rows = lists()
    known = {
        (mutation, f"{rows[name][0].lower()}{rows[name][1:]}Edges" if how == "adds" else f"deleted{rows[name]}Ids")
        for name, mutation, how in changes()
        if how != "again"
    }
    assert told == known
