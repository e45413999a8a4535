"""The demo company: Lumen Works, its second team Lumen Labs, and three people to sign in as."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import SystemRandom
from typing import NamedTuple

from sqlalchemy import ARRAY, Text, any_, bindparam, func, select

from db.core.connection import Connection
from db.core.statements import Statement
from db.demo.contracts import Agreed, Contracts, Deal
from db.demo.names import CATALOGUE
from db.demo.rows import WEEKEND, FormerHolder, Holder, Rows, Subscription, lock_and_check_empty, write
from db.demo.told import tell
from db.tables.people import Membership, User
from domain.roles import Role
from domain.seats import DEFAULT, DIRECT, Source, SourceKind


class SignIn(NamedTuple):
    """A demo account; the role is the one in Lumen Works."""

    role: Role
    name: str
    email: str
    password: str


# These passwords are public: the demo is for a private database that listens only on loopback.
SIGN_INS = (
    SignIn(Role.USER, "Ursula User", "ursula.user@lumen.example", "ursula-demo-password"),
    SignIn(Role.SOFTWARE_COORDINATOR, "Carl Coordinator", "carl.coordinator@lumen.example", "carl-demo-password"),
    SignIn(Role.CONTRACT_MANAGER, "Maria Manager", "maria.manager@lumen.example", "maria-demo-password"),
)
URSULA, CARL, MARIA = (sign_in.email for sign_in in SIGN_INS)

# E-mail address (at lumen.example), first name, last name. The first person is a second contract manager, and the next
# two are coordinators. Then come the designers, the engineers, the interns and all others.
WORKS = """
bram.vandijk Bram van Dijk
aiko.sato 愛子 佐藤
samuel.osei Samuel Osei
ines.conceicao Inês Conceição
jorgen.aas Jørgen Aas
noor.haddad نور حداد
leonie.gross Léonie Groß
tomas.dvorak Tomáš Dvořák
yuna.kim 유나 김
priya.patel Priya Patel
mateo.garcia Mateo García
hannah.clarke Hannah Clarke
wei.chen 伟 陈
olena.koval Олена Коваль
dmytro.bondar Дмитро Бондар
eleni.pappa Ελένη Παππά
kwame.mensah Kwame Mensah
ayse.ozturk Ayşe Öztürk
lars.lindqvist Lars Lindqvist
tamar.levi תמר לוי
rohan.sharma रोहन शर्मा
chloe.lefevre Chloé Lefèvre
piotr.wisniewski Piotr Wiśniewski
somchai.jaidee สมชาย ใจดี
mila.novak Mila Novák
zanele.ndlovu Zanele Ndlovu
haruto.suzuki 陽翔 鈴木
fatima.alnajjar فاطمة النجار
oscar.bergstrom Oscar Bergström
giulia.ferri Giulia Ferri
liam.walsh Liam Walsh
siobhan.nibhriain Siobhán Ní Bhriain
andrei.ionescu Andrei Ionescu
nia.hughes Nia Hughes
marta.kovacic Marta Kovačič
felix.bauer Felix Bauer
linh.nguyen Linh Nguyễn
joao.araujo João Araújo
greta.hoffmann Greta Hoffmann
ravi.reddy రవి రెడ్డి
emma.jansen Emma Jansen
victor.moreau Victor Moreau
sofia.rossi Sofia Rossi
daniel.cohen Daniel Cohen
mei.lin 美 林
ivan.petrov Иван Петров
clara.sorensen Clara Sørensen
abebe.tadesse አበበ ታደሰ
nino.beridze ნინო ბერიძე
anahit.sargsyan Անահիտ Սարգսյան
peter.okoro Peter Okoro
ruth.abara Ruth Abara
jonas.weber Jonas Weber
lucia.nunez Lucía Núñez
amir.rahimi امیر رحیمی
katya.moroz Катя Мороз
finn.olsen Finn Olsen
"""
LABS = """
vera.lang Vera Lang
hugo.martin Hugo Martin
keiko.mori 恵子 森
ada.eze Ada Eze
nils.holm Nils Holm
rosa.vidal Rosa Vidal
max.stein Max Stein
tuan.pham Tuấn Phạm
"""
DESIGNERS = slice(3, 11)
ENGINEERS = slice(11, 25)
INTERNS = slice(25, 30)
USAGE_DAYS = 30
UNUSED_EVERY = 7

HAS_MEMBER = Statement(
    "has_member",
    bool,
    select(
        select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(func.lower(User.email) == any_(bindparam("emails", type_=ARRAY(Text()))))
        .exists()
    ),
)


async def load(connection: Connection, hash_password: Callable[[str], Awaitable[str]]) -> bool:
    """Load the demo company into an empty database. Returns False, and changes nothing, if the database is not empty.

    The caller commits. All days are relative to today (UTC): there are always thirty days of usage, which end
    yesterday. If several processes load at the same time, they wait for each other, and one of them loads.
    """
    if not await lock_and_check_empty(connection):
        return False
    today = datetime.now(UTC).date()
    await write(connection, rows(today, {one.email: await hash_password(one.password) for one in SIGN_INS}))
    await tell(connection, today)
    return True


async def has_demo_account(connection: Connection) -> bool:
    """Return whether a demo account, whose password is public, is a member of a team.

    An account with such an address is not enough: anybody may sign up with the address.
    """
    [found] = await HAS_MEMBER.rows(connection, emails=[sign_in.email for sign_in in SIGN_INS])
    return found


def rows(today: date, hashes: Mapping[str, str]) -> Rows:
    """Return the rows of the demo company on that day. `hashes` are the password hashes by e-mail address."""
    return _Demo(today, hashes).rows


class _Demo:
    def __init__(self, today: date, hashes: Mapping[str, str]) -> None:
        self.rows = Rows(SystemRandom())
        self.contracts = Contracts(self.rows, today)
        self.today = today
        self.products = self._products()
        self.users = self._users(hashes)
        self.works = self.rows.team("Lumen Works", self._at(1000))
        # Here nobody may assign a seat to themselves.
        self.labs = self.rows.team("Lumen Labs", self._at(600), separation_of_duties=True)
        self.main, self.second = self._contracts()
        late = self._works()
        self._labs()
        self.contracts.bill([late])

    def _at(self, days_ago: int) -> datetime:
        return datetime.combine(self.today - timedelta(days_ago), time(9, 30), UTC)

    def _products(self) -> dict[str, str]:
        product_ids = {}
        for name, description in CATALOGUE[:5]:
            releases = {
                f"Legacy {self.today.year - 1}": self.today - timedelta(500),
                f"{self.today.year}": self.today - timedelta(200),
                f"{self.today.year}.1": self.today - timedelta(20),
            }
            product_ids[name] = self.rows.product(name, description, releases)
        return product_ids

    def _users(self, hashes: Mapping[str, str]) -> dict[str, str]:
        """Add the accounts, and return their ids by e-mail address."""
        user_ids = {}
        for sign_in in SIGN_INS:
            first, last = sign_in.name.split()
            user_ids[sign_in.email] = self.rows.user((first, last), sign_in.email, self._at(900), hashes[sign_in.email])
        for number, line in enumerate((WORKS + LABS).split("\n"), 100):
            if line:
                local, first, last = line.split(maxsplit=2)
                email = f"{local}@lumen.example"
                user_ids[email] = self.rows.user((first, last), email, self._at(900 - number))
        return user_ids

    def _staff(self, lines: str) -> list[str]:
        return [self.users[f"{line.split()[0]}@lumen.example"] for line in lines.strip().split("\n")]

    def _contracts(self) -> tuple[Agreed, Agreed]:
        """Add the contract that both teams use, and a second one whose holders keep their seats for 30 days."""
        home, add = (self.works, "Lumen Works"), self.contracts.contract
        main = add(*home, self._at(700), tax_rate=1_900, contact=self.users[MARIA], also=[self.labs])
        return main, add(*home, self._at(260), tax_rate=1_900, grace_days=30)

    def _works(self) -> Subscription:
        """Add the first team. Returns the subscription with an invoice that is overdue."""
        staff = self._staff(WORKS)
        ursula, carl, maria = self.users[URSULA], self.users[CARL], self.users[MARIA]
        team = self.works
        self._join(team, [maria, staff[0]], Role.CONTRACT_MANAGER)
        self._join(team, [carl, *staff[1:3]], Role.SOFTWARE_COORDINATOR)
        self._join(team, [ursula, *staff[3:]], Role.USER)
        designers, engineers, interns = staff[DESIGNERS], [*staff[ENGINEERS], ursula], staff[INTERNS]
        design = _group_source(self.rows.group(team, "Design", designers, self._at(400)))
        engineering = _group_source(self.rows.group(team, "Engineering", engineers, self._at(400)))
        self.rows.group(team, "Interns", interns, self._at(60))

        fusion: dict[str, tuple[Source, ...]] = dict.fromkeys(designers, (design,))
        # If the direct assignment of these two ended, they would keep their seats, because the group gives them too.
        fusion |= dict.fromkeys(designers[:2], (DIRECT, design))
        fusion |= dict.fromkeys([ursula, carl, *engineers[:3]], (DIRECT,))
        self._seats(self._subscription(team, "Fusion", 400, 29_900), 30, fusion, carl, interns[0])
        self._seats(self._subscription(team, "Fusion", 120, 31_500), 10, {}, carl)
        cantilever = self._subscription(team, "Cantilever", 250, 80_000, self.second)
        self._seats(cantilever, 25, dict.fromkeys(engineers, (engineering,)), carl)
        # It ends in about twenty days, and is renewed with fewer seats.
        meridian = self._subscription(team, "Meridian", 345, 4_900)
        self._seats(meridian, 80, dict.fromkeys([maria, carl, ursula, *staff], (DEFAULT,)), maria)
        self.contracts.reduce(meridian, 70, maria, self._at(9))
        # All its seats are held: the next assignment must be refused. It renews itself each month.
        lattice = self._subscription(team, "Lattice", 200, 2_000, months=1)
        self._seats(lattice, 6, dict.fromkeys(staff[11:17], (DIRECT,)), carl, staff[17])
        self._seats(self._subscription(team, "Kiln", 30, 12_000, self.second), 5, {}, maria)
        return lattice

    def _labs(self) -> None:
        """Add the second team, whose seats come from the same contract."""
        staff = self._staff(LABS)
        carl, works = self.users[CARL], self._staff(WORKS)
        team = self.labs
        self._join(team, [staff[0]], Role.CONTRACT_MANAGER)
        self._join(team, [carl, staff[1]], Role.SOFTWARE_COORDINATOR)
        self._join(team, [*staff[2:], *works[3:5]], Role.USER)
        research = _group_source(self.rows.group(team, "Research", staff[2:5], self._at(300)))
        fusion = dict.fromkeys(staff[2:5], (research,)) | {works[3]: (DIRECT,)}
        self._seats(self._subscription(team, "Fusion", 280, 29_900), 8, fusion, staff[1])
        self._seats(self._subscription(team, "Lattice", 280, 22_000), 4, dict.fromkeys(staff[5:7], (DIRECT,)), carl)

    def _join(self, team_id: str, user_ids: Sequence[str], role: Role) -> None:
        for number, user_id in enumerate(user_ids):
            self.rows.member(team_id, user_id, role, self._at(590 - number))

    def _subscription(
        self,
        team_id: str,
        product: str,
        days_ago: int,
        unit_price: int,
        contract: Agreed | None = None,
        *,
        months: int = 12,
    ) -> Subscription:
        """Add a subscription of the main contract, or another one, which Maria bought."""
        owner = (contract or self.main, team_id, self.products[product], self.today - timedelta(days_ago))
        return self.contracts.subscription(*owner, Deal(unit_price, months), self.users[MARIA])

    def _seats(
        self,
        subscription: Subscription,
        size: int,
        holders: Mapping[str, tuple[Source, ...]],
        by: str,
        former: str | None = None,
    ) -> None:
        """Add the seats of a subscription. The `holders` hold the first; `former` held the very first one before."""
        assigned_at = subscription.starts_at + timedelta(hours=10)
        for number, (user_id, sources) in enumerate(holders.items()):
            before = None
            since = assigned_at + timedelta(minutes=7 * number)
            if former is not None and number == 0:
                since = self._at(45)
                before = FormerHolder(former, assigned_at, since, by)
            seat_id = self.rows.seat(subscription, Holder(user_id, since, by, sources), before)
            self._use(subscription, seat_id, user_id, number)
        for _ in range(size - len(holders)):
            self.rows.seat(subscription)

    def _use(self, subscription: Subscription, seat_id: str, user_id: str, number: int) -> None:
        """Add thirty days of usage without weekends. Some holders never use their seat; the others skip some days."""
        if number % UNUSED_EVERY == UNUSED_EVERY - 1:
            return
        for days_ago in range(USAGE_DAYS, 0, -1):
            day = self.today - timedelta(days_ago)
            if day.isoweekday() not in WEEKEND and (days_ago + number) % 4:
                self.rows.use(subscription, seat_id, user_id, day, day + timedelta(1))


def _group_source(group_id: str) -> Source:
    return Source(SourceKind.GROUP, group_id)
