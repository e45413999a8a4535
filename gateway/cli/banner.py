"""The text that `usher run` prints at its start: the address, the demo sign-ins and a command to try."""

import json

from rich.console import Console
from rich.table import Table

from db.demo.company import SIGN_INS
from gateway.http import console as site
from gateway.http import graphiql
from gateway.runtime.settings import Settings

QUERY = (
    "mutation($input: SignInInput!) "
    "{ signIn(input: $input) { token user { name seats { nodes { product { name } } } } } }"
)

NOWHERE = "Set USHER_PUBLIC_URL: the links in mails lead to pages that are not here."


def show(chosen: Settings, *, demo: bool) -> None:
    """Print the banner. The sign-ins are printed only if the demo company is loaded; their passwords are public."""
    address, console = chosen.address, Console(highlight=False)
    console.print(f"\nUsher runs at {address}/graphql", style="bold")
    if not chosen.console:
        lead = f"Links in mails lead to {chosen.public_url}." if chosen.public_url else NOWHERE
        console.print(f"The console is switched off. {lead}", soft_wrap=True, markup=False)
    elif site.is_built():
        console.print(f"Console: open {address}/ in a browser.", style="bold")
    else:
        console.print(site.MISSING, soft_wrap=True, markup=False)
    if graphiql.is_shown(chosen):
        console.print(f"GraphiQL: open {address}/graphql in a browser.")
    console.print("Stop with Ctrl-C.\n")
    if chosen.smtp_url is None:
        mails = chosen.data / "mail"
        note = f"Mails are not sent but written into {mails}, and shown here. Set SMTP_URL to send them.\n"
        console.print(note, soft_wrap=True, markup=False)
    if not demo:
        return
    table = Table("role", "e-mail", "password", title="Demo sign-ins", title_justify="left")
    for one in SIGN_INS:
        table.add_row(one.role.replace("_", " "), one.email, one.password)
    console.print(table)
    console.print("\nTry it:\n")
    # Not printed with rich, which would wrap the line. A wrapped command cannot be pasted.
    print(curl(address), flush=True)  # noqa: T201


def curl(address: str) -> str:
    """Return a shell command that signs in as the software coordinator and shows their seats."""
    coordinator = next(one for one in SIGN_INS if one.role == "software_coordinator")
    variables = {"input": {"email": coordinator.email, "password": coordinator.password}}
    body = json.dumps({"query": QUERY, "variables": variables})
    return f"curl -s {address}/graphql -H 'Content-Type: application/json' -d '{body}'"
