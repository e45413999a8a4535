"""What `usher run` says once it serves: where GraphiQL is, who can sign in, and a line to paste."""

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from db.demo.company import SIGN_INS

QUERY = (
    "mutation($input: SignInInput!) "
    "{ signIn(input: $input) { token user { name seats { nodes { product { name } } } } } }"
)


def show(address: str, *, demo: bool, mails: Path | None) -> None:
    """Print it; the sign-ins only for the demo company, whose passwords are no secret.

    `mails` is the folder they are written into; None: a server sends them.
    """
    console = Console(highlight=False)
    console.print(f"\nUsher serves at {address}/graphql", style="bold")
    console.print(f"GraphiQL: open {address}/graphql in a browser. Stop with Ctrl-C.\n")
    if mails is not None:
        told = f"Mails are not sent but written into {mails}, and shown here; SMTP_URL sends them.\n"
        console.print(told, soft_wrap=True, markup=False)
    if not demo:
        return
    table = Table("role", "e-mail", "password", title="Demo sign-ins", title_justify="left")
    for one in SIGN_INS:
        table.add_row(one.role.replace("_", " "), one.email, one.password)
    console.print(table)
    console.print("\nTry it:\n")
    # Not through rich: it would break the line, and then it could not be pasted.
    print(curl(address), flush=True)  # noqa: T201


def curl(address: str) -> str:
    """A line for the shell that signs the coordinator in and shows their seats."""
    coordinator = next(one for one in SIGN_INS if one.role == "software_coordinator")
    variables = {"input": {"email": coordinator.email, "password": coordinator.password}}
    body = json.dumps({"query": QUERY, "variables": variables})
    return f"curl -s {address}/graphql -H 'Content-Type: application/json' -d '{body}'"
