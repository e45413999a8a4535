"""From an invitation to a seat, over HTTP and SMTP, and `usher import` against a running Usher."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from db.demo.company import SIGN_INS
from gateway.http.invitation_page import ACCEPT, SIGN_IN
from tests.support.mail_server import Post
from tests.support.process import Run, free_port, running, usher, wait_for

PUBLIC = "https://usher.company.example"
PASSWORD = "a nanosecond of wire"
LINK = re.compile(r"(\S+)/invitations#(usher_invitation_[A-Za-z0-9_-]{43})\s")
SIGNED = "mutation ($input: SignInInput!) { signIn(input: $input) { token } }"
PLACE = "{ teams(first: 1) { nodes { id name pools { available product { id name } } } } viewer { name } }"
INVITE = """
mutation ($input: InviteMembersInput!) {
  inviteMembers(input: $input) { invitations { id member { user { id } } } errors { code message } }
}
"""
ASSIGN = "mutation ($input: AssignSeatsInput!) { assignSeats(input: $input) { seats { id } errors { code } } }"
ACCEPTED = """
mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { token errors { code } } }
"""
MINE = "{ viewer { email seats { nodes { product { name } } } memberships { nodes { status team { name } } } } }"
SENT = "query ($id: ID!) { node(id: $id) { ... on Invitation { status sentAt } } }"
PENDING = "query ($id: ID!) { team(id: $id) { members(filter: { status: PENDING }) { totalCount } } }"


@dataclass(frozen=True)
class Office:
    """A running Usher with the demo company, and its coordinator."""

    run: Run
    post: Post
    token: str
    team: dict[str, Any]
    name: str

    def ask(self, query: str, token: str | None, **variables: object) -> Any:
        """The data of an answer without errors."""
        return ask(self.run, query, token, **variables)

    def pool(self, seats: int) -> dict[str, Any]:
        """A product of which so many seats are available."""
        return next(pool["product"] for pool in self.team["pools"] if pool["available"] >= seats)

    def invite(self, email: str) -> Any:
        """Invite somebody; their invitation."""
        person = {"firstName": "Grace", "lastName": "Hopper", "email": email}
        told = self.ask(INVITE, self.token, input={"teamId": self.team["id"], "people": [person]})["inviteMembers"]
        assert told["errors"] == []
        return told["invitations"][0]

    def imports(self, file: Path, *more: str, **given: str) -> Any:
        """Run `usher import`."""
        words = ("import", str(file), "--team", self.team["id"], "--url", self.run.address, *more)
        return usher(*words, data=self.run.data, **({"USHER_TOKEN": self.token} | given))

    @property
    def pending(self) -> int:
        """How many people are invited."""
        count: int = self.ask(PENDING, self.token, id=self.team["id"])["team"]["members"]["totalCount"]
        return count


def ask(run: Run, query: str, token: str | None, **variables: object) -> Any:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    body = {"query": query, "variables": variables}
    content = httpx.post(f"{run.address}/graphql", json=body, headers=headers, timeout=30).json()
    assert "errors" not in content, content["errors"]
    return content["data"]


def office_of(run: Run, post: Post) -> Office:
    one = next(one for one in SIGN_INS if one.role == "software_coordinator")
    token = ask(run, SIGNED, None, input={"email": one.email, "password": one.password})["signIn"]["token"]
    place = ask(run, PLACE, token)
    return Office(run, post, token, place["teams"]["nodes"][0], place["viewer"]["name"])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office whose mails go to a real mail server."""
    post = Post()
    with post.open(), running(tmp_path_factory.mktemp("office"), SMTP_URL=post.url, USHER_PUBLIC_URL=PUBLIC) as run:
        yield office_of(run, post)


def mail_to(office: Office, address: str) -> EmailMessage:
    """The one mail to this address, once it is there."""
    found: list[EmailMessage] = []

    def arrived() -> bool:
        found[:] = [mail for mail in office.post.mails if address in str(mail["Delivered-To"])]
        return bool(found)

    wait_for(arrived)
    [mail] = found
    return mail


def link_in(mail: EmailMessage) -> tuple[str, str]:
    """The address and the token of the link in a mail."""
    match = LINK.search(mail.get_content())
    assert match, mail.get_content()
    return match[1], match[2]


def test_from_an_invitation_to_a_seat(office: Office) -> None:
    product = office.pool(1)
    invitation = office.invite("grace@tests.example")
    seat = {"teamId": office.team["id"], "productId": product["id"], "userIds": [invitation["member"]["user"]["id"]]}
    assert office.ask(ASSIGN, office.token, input=seat)["assignSeats"]["errors"] == []
    mail = mail_to(office, "grace@tests.example")
    assert mail["Subject"] == f"You are invited to {office.team['name']}"
    assert office.name in mail.get_content()
    address, token = link_in(mail)
    wait_for(lambda: office.ask(SENT, office.token, id=invitation["id"])["node"]["sentAt"] is not None)
    told = office.ask(ACCEPTED, None, input={"token": token, "password": PASSWORD})["acceptInvitation"]
    assert (address, told["errors"]) == (PUBLIC, [])
    mine = office.ask(MINE, told["token"])["viewer"]
    assert mine["email"] == "grace@tests.example"
    assert mine["memberships"]["nodes"] == [{"status": "ACTIVE", "team": {"name": office.team["name"]}}]
    # The demo company's default product is there as well.
    assert {"product": {"name": product["name"]}} in mine["seats"]["nodes"]
    assert office.ask(SENT, office.token, id=invitation["id"])["node"]["status"] == "ACCEPTED"
    for log in (office.run.out, office.run.err):
        assert token not in log.read_text()


def test_the_page_behind_the_link_accepts(office: Office) -> None:
    office.invite("ada@tests.example")
    _, token = link_in(mail_to(office, "ada@tests.example"))
    with httpx.Client(base_url=office.run.address, headers={"usher-require-preflight": "1"}) as browser:
        page = browser.get("/invitations")
        assert (page.status_code, ACCEPT in page.text, SIGN_IN in page.text) == (200, True, True)
        assert "script-src 'sha256-" in page.headers["content-security-policy"]
        wanted = {"token": token, "firstName": None, "lastName": None, "password": PASSWORD, "delivery": "COOKIE"}
        answer = browser.post("/graphql", json={"query": ACCEPT, "variables": {"input": wanted}}).json()
        told = {"member": {"team": {"name": office.team["name"]}}, "errors": []}
        assert answer["data"] == {"acceptInvitation": told}
        mine = browser.post("/graphql", json={"query": MINE}).json()["data"]["viewer"]
        assert mine["email"] == "ada@tests.example"
        signed = {"email": "ada@tests.example", "password": PASSWORD, "delivery": "COOKIE"}
        answer = browser.post("/graphql", json={"query": SIGN_IN, "variables": {"input": signed}}).json()
        assert answer["data"]["signIn"]["errors"] == []


def test_without_a_mail_server_the_link_is_on_the_terminal(tmp_path: Path) -> None:
    with running(tmp_path / "data") as run:
        office_of(run, Post()).invite("grace@tests.example")
        wait_for(lambda: LINK.search(run.out.read_text()) is not None)
        link = LINK.search(run.out.read_text())
        assert link and link[1] == run.address
        told = ask(run, ACCEPTED, None, input={"token": link[2], "password": PASSWORD})["acceptInvitation"]
        assert told["errors"] == []
        assert link[2] not in run.err.read_text()


def test_a_file_is_imported_from_the_command_line(office: Office, tmp_path: Path) -> None:
    file, product = tmp_path / "people.csv", office.pool(2)
    file.write_bytes("\ufeffFirst name;Last name;Email address\r\n".encode())
    rows = ["Ada;Byron;ada@import.example", "Max;;max@import.example", "Zoë;Š;zoe@import.example"]
    file.write_bytes(file.read_bytes() + "\r\n".join(rows).encode())
    before = office.pending
    dry = office.imports(file, "--product", product["id"], "--mode", "best_effort", "--dry-run")
    assert (dry.returncode, office.pending) == (1, before)
    assert "nothing has changed" in dry.stdout
    done = office.imports(file, "--product", product["id"], "--mode", "best_effort")
    assert (done.returncode, office.pending) == (1, before + 2)
    assert "3 rows: 2 imported, 0 skipped, 1 rejected; 2 seats given." in done.stdout
    assert re.search(r"3 +│ Last name +│ VALUE_MISSING", done.stdout)
    for address in ("ada@import.example", "zoe@import.example"):
        link_in(mail_to(office, address))
    file.write_text("\n".join(("First name;Last name;Email address", *rows[::2])))
    again = office.imports(file)
    assert (again.returncode, office.pending) == (0, before + 2)
    assert "2 rows: 0 imported, 2 skipped, 0 rejected; 0 seats given; 2 in the team already." in again.stdout


def test_a_token_goes_nowhere_else(office: Office) -> None:
    seen: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(302)
            self.send_header("location", "/other")
            self.end_headers()

        def do_GET(self) -> None:
            seen.append(self.headers["authorization"])

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        words = ("export", "--team", office.team["id"], "--url", f"http://127.0.0.1:{server.server_port}")
        done = usher(*words, data=office.run.data, USHER_TOKEN=office.token)
        server.shutdown()
    assert (done.returncode, "answered 302" in done.stderr, seen) == (1, True, [])


def test_a_team_is_exported_as_it_can_be_imported(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("First name,Last name,Email address\n'=1+1,Hypatia,hypatia@export.example\n")
    assert office.imports(file).returncode == 0
    words = ("export", "--team", office.team["id"], "--url", office.run.address)
    done = usher(*words, "--output", str(file), data=office.run.data, USHER_TOKEN=office.token)
    assert (done.returncode, done.stdout) == (0, "")
    text = file.read_bytes().decode("utf-8-sig")
    assert text.startswith("First name,Last name,Email address,Group\r\n")
    assert "'=1+1,Hypatia,hypatia@export.example,\r\n" in text  # no spreadsheet runs it
    again = office.imports(file, "--mode", "best_effort")
    assert re.search(r"(\d+) rows: 0 imported, \1 skipped, 0 rejected", again.stdout), again.stdout
    refused = usher(*words, data=office.run.data)
    assert (refused.returncode, "USHER_TOKEN must hold" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 a workbook", "NOT_TEXT"),
        ("First name,Last name,Email address\nŽ,B,c@d.example".encode("cp1250"), "NOT_UTF8"),
        (b"Name,Mail\nA,b@c.example", "COLUMN_UNKNOWN"),
    ],
)
def test_a_file_that_is_refused_is_told_why(office: Office, tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(content)
    told = office.imports(file)
    assert (told.returncode, said in told.stdout) == (1, True)


def test_what_is_wrong_with_an_import_is_a_sentence(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("First name,Last name,Email address\nA,B,c@d.example\n")
    nowhere = f"http://127.0.0.1:{free_port()}"
    for told, sentence in (
        (office.imports(file, USHER_TOKEN=""), "USHER_TOKEN must hold"),
        (office.imports(file, USHER_TOKEN="usher_partner_nonsense"), "The token is not valid"),
        (office.imports(file, "--url", nowhere), "cannot be reached"),
        (office.imports(file, "--url", "ftp://x"), "--url must be an address"),
        (office.imports(file, "--team", "team_unknown"), "There is no team"),
        (office.imports(file, "--product", "product_unknown"), "There is no product"),
    ):
        assert (told.returncode, told.stdout) == (1, "")
        assert sentence in told.stderr
        assert "Traceback" not in told.stderr
