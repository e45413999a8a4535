"""From an invitation to a seat over HTTP and SMTP, and `usher import` and `usher export` with a real server."""

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
from tests.support.mail_server import MailCatcher
from tests.support.process import Run, free_port, running, usher, wait_for

pytestmark = pytest.mark.slow

PUBLIC = "https://usher.company.example"
PASSWORD = "a nanosecond of wire"
LINK = re.compile(r"(\S+)/invitations#(usher_invitation_[A-Za-z0-9_-]{43})\s")
SIGN_IN_TOKEN = "mutation ($input: SignInInput!) { signIn(input: $input) { token } }"
TEAM_AND_VIEWER = "{ teams(first: 1) { nodes { id name pools { available product { id name } } } } viewer { name } }"
INVITE = """
mutation ($input: InviteMembersInput!) {
  inviteMembers(input: $input) { invitations { id member { user { id } } } errors { code message } }
}
"""
ASSIGN = "mutation ($input: AssignSeatsInput!) { assignSeats(input: $input) { seats { id } errors { code } } }"
ACCEPT_INVITATION = """
mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { token errors { code } } }
"""
VIEWER = "{ viewer { email seats { nodes { product { name } } } memberships { nodes { status team { name } } } } }"
INVITATION = "query ($id: ID!) { node(id: $id) { ... on Invitation { status sentAt } } }"
PENDING = "query ($id: ID!) { team(id: $id) { members(filter: { status: PENDING }) { totalCount } } }"


@dataclass(frozen=True)
class RunningTeam:
    """A running Usher with the demo company, and its coordinator's token, name and first team.

    `team` has the fields that `TEAM_AND_VIEWER` selects.
    """

    run: Run
    mail_catcher: MailCatcher
    token: str
    team: dict[str, Any]
    name: str

    def ask(self, query: str, token: str | None, **variables: object) -> Any:
        """The data of an answer without errors."""
        return ask(self.run, query, token, **variables)

    def pool(self, seats: int) -> dict[str, Any]:
        """A product with at least this number of available seats."""
        return next(pool["product"] for pool in self.team["pools"] if pool["available"] >= seats)

    def invite(self, email: str) -> Any:
        """Invite a person. Returns their invitation."""
        person = {"firstName": "Grace", "lastName": "Hopper", "email": email}
        payload = self.ask(INVITE, self.token, input={"teamId": self.team["id"], "people": [person]})["inviteMembers"]
        assert payload["errors"] == []
        return payload["invitations"][0]

    def imports(self, file: Path, *more: str, **given: str) -> Any:
        """Run `usher import`."""
        words = ("import", str(file), "--team", self.team["id"], "--url", self.run.address, *more)
        return usher(*words, data=self.run.data, **({"USHER_TOKEN": self.token} | given))

    @property
    def pending(self) -> int:
        """The number of people with an open invitation."""
        count: int = self.ask(PENDING, self.token, id=self.team["id"])["team"]["members"]["totalCount"]
        return count


def ask(run: Run, query: str, token: str | None, **variables: object) -> Any:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    body = {"query": query, "variables": variables}
    content = httpx.post(f"{run.address}/graphql", json=body, headers=headers, timeout=30).json()
    assert "errors" not in content, content["errors"]
    return content["data"]


def running_team(run: Run, mail_catcher: MailCatcher) -> RunningTeam:
    one = next(one for one in SIGN_INS if one.role == "software_coordinator")
    token = ask(run, SIGN_IN_TOKEN, None, input={"email": one.email, "password": one.password})["signIn"]["token"]
    data = ask(run, TEAM_AND_VIEWER, token)
    return RunningTeam(run, mail_catcher, token, data["teams"]["nodes"][0], data["viewer"]["name"])


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTeam]:
    """A running Usher whose mails go to a real mail server."""
    mail_catcher = MailCatcher()
    with (
        mail_catcher.open(),
        running(tmp_path_factory.mktemp("invitations"), SMTP_URL=mail_catcher.url, USHER_PUBLIC_URL=PUBLIC) as run,
    ):
        yield running_team(run, mail_catcher)


def mail_to(team: RunningTeam, address: str) -> EmailMessage:
    """Wait for a mail to this address. Returns it; fails if there is more than one."""
    found: list[EmailMessage] = []

    def arrived() -> bool:
        found[:] = [mail for mail in team.mail_catcher.mails if address in str(mail["Delivered-To"])]
        return bool(found)

    wait_for(arrived)
    [mail] = found
    return mail


def link_in(mail: EmailMessage) -> tuple[str, str]:
    """The address and the token of the link in a mail."""
    match = LINK.search(mail.get_content())
    assert match, mail.get_content()
    return match[1], match[2]


def test_from_an_invitation_to_a_seat(team: RunningTeam) -> None:
    product = team.pool(1)
    invitation = team.invite("grace@tests.example")
    seat = {"teamId": team.team["id"], "productId": product["id"], "userIds": [invitation["member"]["user"]["id"]]}
    assert team.ask(ASSIGN, team.token, input=seat)["assignSeats"]["errors"] == []
    mail = mail_to(team, "grace@tests.example")
    assert mail["Subject"] == f"You are invited to {team.team['name']}"
    assert team.name in mail.get_content()
    address, token = link_in(mail)
    wait_for(lambda: team.ask(INVITATION, team.token, id=invitation["id"])["node"]["sentAt"] is not None)
    accepted = team.ask(ACCEPT_INVITATION, None, input={"token": token, "password": PASSWORD})["acceptInvitation"]
    assert (address, accepted["errors"]) == (PUBLIC, [])
    viewer = team.ask(VIEWER, accepted["token"])["viewer"]
    assert viewer["email"] == "grace@tests.example"
    assert viewer["memberships"]["nodes"] == [{"status": "ACTIVE", "team": {"name": team.team["name"]}}]
    # Grace also has a seat of the demo company's default product.
    assert {"product": {"name": product["name"]}} in viewer["seats"]["nodes"]
    assert team.ask(INVITATION, team.token, id=invitation["id"])["node"]["status"] == "ACCEPTED"
    for log in (team.run.out, team.run.err):
        assert token not in log.read_text()


def test_without_a_mail_server_the_link_is_printed_on_the_terminal(tmp_path: Path) -> None:
    with running(tmp_path / "data") as run:
        running_team(run, MailCatcher()).invite("grace@tests.example")
        wait_for(lambda: LINK.search(run.out.read_text()) is not None)
        link = LINK.search(run.out.read_text())
        assert link and link[1] == run.address
        accepted = ask(run, ACCEPT_INVITATION, None, input={"token": link[2], "password": PASSWORD})["acceptInvitation"]
        assert accepted["errors"] == []
        assert link[2] not in run.err.read_text()


def test_a_file_is_imported_from_the_command_line(team: RunningTeam, tmp_path: Path) -> None:
    file, product = tmp_path / "people.csv", team.pool(2)
    file.write_bytes("\ufeffFirst name;Last name;Email address\r\n".encode())
    rows = ["Ada;Byron;ada@import.example", ";;max@import.example", "Zoë;Š;zoe@import.example"]
    file.write_bytes(file.read_bytes() + "\r\n".join(rows).encode())
    before = team.pending
    dry = team.imports(file, "--product", product["id"], "--mode", "best_effort", "--dry-run")
    assert (dry.returncode, team.pending) == (1, before)
    assert "Nothing was changed" in dry.stdout
    done = team.imports(file, "--product", product["id"], "--mode", "best_effort")
    assert (done.returncode, team.pending) == (1, before + 2)
    assert "3 rows: 2 imported, 0 skipped, 1 rejected; 2 seats given." in done.stdout
    assert re.search(r"3 +│ First name +│ VALUE_MISSING", done.stdout)
    for address in ("ada@import.example", "zoe@import.example"):
        link_in(mail_to(team, address))
    file.write_text("\n".join(("First name;Last name;Email address", *rows[::2])))
    again = team.imports(file)
    assert (again.returncode, team.pending) == (0, before + 2)
    assert "2 rows: 0 imported, 2 skipped, 0 rejected; 0 seats given; 2 already in the team." in again.stdout


def test_the_token_is_not_sent_to_the_target_of_a_redirect(team: RunningTeam) -> None:
    tokens: list[str] = []

    class RedirectingServer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(302)
            self.send_header("location", "/other")
            self.end_headers()

        def do_GET(self) -> None:
            tokens.append(self.headers["authorization"])

    with HTTPServer(("127.0.0.1", 0), RedirectingServer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        words = ("export", "--team", team.team["id"], "--url", f"http://127.0.0.1:{server.server_port}")
        done = usher(*words, data=team.run.data, USHER_TOKEN=team.token)
        server.shutdown()
    assert (done.returncode, "answered 302" in done.stderr, tokens) == (1, True, [])


def test_an_export_can_be_imported_again(team: RunningTeam, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("First name,Last name,Email address,Employee ID\n'=1+1,Hypatia,hypatia@export.example,E 1\n")
    assert team.imports(file).returncode == 0
    words = ("export", "--team", team.team["id"], "--url", team.run.address)
    done = usher(*words, "--output", str(file), data=team.run.data, USHER_TOKEN=team.token)
    assert (done.returncode, done.stdout) == (0, "")
    text = file.read_bytes().decode("utf-8-sig")
    assert text.startswith("First name,Last name,Email address,Group,External id\r\n")
    assert (
        "'=1+1,Hypatia,hypatia@export.example,,E 1\r\n" in text
    )  # quoted, so that no spreadsheet runs it as a formula
    again = team.imports(file, "--mode", "best_effort")
    assert re.search(r"(\d+) rows: 0 imported, \1 skipped, 0 rejected", again.stdout), again.stdout
    again = team.imports(file, "--mode", "upsert")
    assert re.search(r"(\d+) rows: 0 imported, 0 updated, \1 skipped, 0 rejected", again.stdout), again.stdout
    refused = usher(*words, data=team.run.data)
    assert (refused.returncode, "USHER_TOKEN must hold" in refused.stderr) == (1, True)


def test_people_are_updated_and_removed_from_the_command_line(team: RunningTeam, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    header, *new = "First name,Last name,Email address", "Ida,B,ida@sync.example", "Lev,B,lev@sync.example"
    file.write_text("\n".join((header, *new)))
    assert team.imports(file).returncode == 0
    words = ("export", "--team", team.team["id"], "--url", team.run.address, "--output", str(file))
    assert usher(*words, data=team.run.data, USHER_TOKEN=team.token).returncode == 0
    text = file.read_text(encoding="utf-8-sig").replace("Ida,B,", "Ida,Wells,")
    file.write_text("\n".join(line for line in text.splitlines() if not line.startswith("Lev,")))
    dry = team.imports(file, "--mode", "upsert", "--dry-run")
    assert re.search(r"Ida B → Ida Wells", dry.stdout), dry.stdout
    assert re.search(r"Lev B +│ USER +│ PENDING", dry.stdout), dry.stdout
    found = re.search(r"add: --remove-leavers (1) (\d+)", dry.stdout)
    assert found, dry.stdout
    wrong = team.imports(file, "--mode", "upsert", "--remove-leavers", "2", found[2])
    assert (wrong.returncode, "This removes 1 people" in wrong.stdout) == (1, True)
    done = team.imports(file, "--mode", "upsert", "--remove-leavers", found[1], found[2])
    assert (done.returncode, "1 people who are not in the file are removed" in done.stdout) == (0, True), done.stdout
    assert re.search(r"rows: 0 imported, 1 updated, \d+ skipped, 0 rejected", done.stdout), done.stdout
    refused = team.imports(file, "--remove-leavers", "0", "0")
    assert (refused.returncode, "--remove-leavers needs --mode upsert" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 a workbook", "NOT_TEXT"),
        ("First name,Last name,Email address\nŽ,B,c@d.example".encode("cp1250"), "NOT_UTF8"),
        (b"Nickname,Town\nA,b@c.example", "COLUMN_MISSING"),
    ],
)
def test_a_refused_file_gives_a_reason(team: RunningTeam, tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(content)
    done = team.imports(file)
    assert (done.returncode, reason in done.stdout) == (1, True)


def test_a_failed_import_gives_an_error_of_one_sentence(team: RunningTeam, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("First name,Last name,Email address\nA,B,c@d.example\n")
    nowhere = f"http://127.0.0.1:{free_port()}"
    for done, sentence in (
        (team.imports(file, USHER_TOKEN=""), "USHER_TOKEN must hold"),
        (team.imports(file, USHER_TOKEN="usher_partner_nonsense"), "The token is malformed"),
        (team.imports(file, "--url", nowhere), "cannot be reached"),
        (team.imports(file, "--url", "ftp://x"), "--url must be an address"),
        (team.imports(file, "--team", "team_unknown"), "There is no team"),
        (team.imports(file, "--product", "product_unknown"), "There is no product"),
    ):
        assert (done.returncode, done.stdout) == (1, "")
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr
