"""Names for generated companies: people with names in many scripts, teams, groups, and the product catalogue.

`PEOPLE` has each name as `name=latin`, where `latin` is the name in Latin letters for the e-mail address. Without `=`,
the address has the name itself in lower case.
"""

from random import Random
from typing import NamedTuple


class PersonName(NamedTuple):
    """A person's name, and the matching part of an e-mail address before the @."""

    first: str
    last: str
    local: str


# First names and last names, in pairs of one script: no name mixes two scripts.
PEOPLE = (
    (
        "Amara Grace Oliver Hannah Noah Fatou Kwame Isla Callum Thandi",
        "Okafor Bennett Mensah Clarke Ndlovu Hughes Diallo Murray Walsh Abara",
    ),
    (
        "José=jose Lucía=lucia André=andre Inês=ines Mateo Sofía=sofia João=joao Renée=renee Björn=bjoern Zoë=zoe",
        (
            "Núñez=nunez García=garcia Conceição=conceicao Müller=mueller Lefèvre=lefevre Sørensen=soerensen "
            "Pérez=perez Großmann=grossmann Björk=bjoerk Araújo=araujo"
        ),
    ),
    (
        "Łukasz=lukasz Agnieszka Jiří=jiri Zuzana Ştefan=stefan Ilinca Çağla=cagla Emre Žiga=ziga Szilárd=szilard",
        (
            "Wiśniewski=wisniewski Dvořák=dvorak Ionescu Öztürk=ozturk Novák=novak Kovačič=kovacic Őry=ory "
            "Țăranu=taranu Şahin=sahin Błaszczyk=blaszczyk"
        ),
    ),
    (
        "Олена=olena Дмитро=dmytro Наталія=nataliia Иван=ivan Светлана=svetlana Мила=mila Стоян=stoyan Юлія=yuliia",
        "Шевченко=shevchenko Коваль=koval Бондар=bondar Петров=petrov Іваненко=ivanenko Илиев=iliev Мороз=moroz",
    ),
    (
        "Ελένη=eleni Γιώργος=giorgos Μαρία=maria Νίκος=nikos Κατερίνα=katerina Σπύρος=spyros",
        "Παππάς=pappas Νικολάου=nikolaou Βλάχος=vlachos Αγγελίδη=angelidi Οικονόμου=oikonomou",
    ),
    (
        "结衣=yui 明=ming 静怡=jingyi 浩然=haoran 雅婷=yating 宇轩=yuxuan 丽华=lihua 建国=jianguo",
        "王=wang 李=li 張=zhang 陈=chen 林=lin 黃=huang 周=zhou 吳=wu",
    ),
    (
        "さくら=sakura ゆうた=yuta 美咲=misaki 大輔=daisuke 陽菜=hina 健太=kenta 千尋=chihiro",
        "佐藤=sato 鈴木=suzuki 高橋=takahashi 渡辺=watanabe 小林=kobayashi 山本=yamamoto 中村=nakamura",
    ),
    (
        "민준=minjun 서연=seoyeon 지훈=jihun 하은=haeun 도윤=doyun 수아=sua",
        "김=kim 이=lee 박=park 최=choi 정=jeong 강=kang",
    ),
    (
        "ليلى=layla يوسف=yusuf مريم=maryam عمر=omar نور=nour سارة=sara",
        "حداد=haddad منصور=mansour خوري=khoury النجار=alnajjar سليمان=suleiman",
    ),
    (
        "נועה=noa אורי=uri תמר=tamar יונתן=yonatan מאיה=maya",
        "כהן=cohen לוי=levi מזרחי=mizrahi פרץ=peretz שפירא=shapira",
    ),
    (
        "अनन्या=ananya रोहन=rohan प्रिया=priya विक्रम=vikram மீனா=meena కిరణ్=kiran অনিক=anik",
        "शर्मा=sharma पटेल=patel நாயர்=nair రెడ్డి=reddy সেন=sen गुप्ता=gupta",
    ),
    (
        "สมชาย=somchai พิมพ์=phim ณัฐ=nat มาลี=mali",
        "ใจดี=jaidee ศรีสุข=srisuk ทองดี=thongdee วงศ์ไทย=wongthai",
    ),
)

TEAM_FIRST = [
    "Northlight",
    "Harbour",
    "Copperfield",
    "Ålesund",
    "Kestrel",
    "Bluestone",
    "Młyn",
    "Sakura",
    "Tamarind",
    "Meridiano",
    "Aurora",
    "Ironbridge",
    "Juniper",
    "Óbidos",
    "Zephyr",
    "Quarry",
    "Sequoia",
    "Lanterne",
    "Baobab",
    "Polder",
]
TEAM_LAST = [
    "Engineering",
    "Works",
    "Studios",
    "Foundry",
    "Architects",
    "Robotics",
    "Yards",
    "Instruments",
    "Mills",
    "Aerospace",
    "Fabrication",
    "Labs",
    "Design",
    "Structures",
    "Marine",
    "Tooling",
    "Furniture",
    "Optics",
    "Energy",
    "Rail",
]

GROUPS = (
    "Design",
    "Simulation",
    "Production",
    "Interns",
    "Research",
    "Qualität",
    "Bureau d'études",
    "設計部",
    "Проєктування",
    "التصميم",
)

# The name and the description of each product.
CATALOGUE = (
    ("Fusion", "Designs parts and assemblies, and the tool paths that cut them."),
    ("Cantilever", "Calculates beams, frames and slabs, and writes the report the authorities ask for."),
    ("Lattice", "Finds the lightest shape that still carries the load."),
    ("Meridian", "Draws maps, sites and roads from survey data."),
    ("Kiln", "Renders stills and films of what is not built yet."),
    ("Atelier", "Sketches in two and three dimensions, on paper-like pages."),
    ("Gantry", "Plans the floor of a factory and the ways of its material."),
    ("Halyard", "Fairs hulls and calculates their stability."),
    ("Plumbline", "Models buildings with their pipes, ducts and wires."),
    ("Sextant", "Measures parts and compares them with their model."),
    ("Trusswork", "Details steel down to the last bolt."),
    ("Verso", "Keeps drawings, their versions and their approvals."),
)


def _words(text: str) -> list[tuple[str, str]]:
    """Return each name with its form in Latin letters."""
    pairs = (word.partition("=") for word in text.split())
    return [(name, latin or name.lower()) for name, _, latin in pairs]


_PEOPLE = tuple((_words(first), _words(last)) for first, last in PEOPLE)


def person(random: Random) -> PersonName:
    """Return a random name of a person, in one of the scripts."""
    firsts, lasts = random.choice(_PEOPLE)
    first, first_latin = random.choice(firsts)
    last, last_latin = random.choice(lasts)
    return PersonName(first, last, f"{first_latin}.{last_latin}")


def team(random: Random) -> str:
    """Return a random name of a team. Two teams may get the same name."""
    return f"{random.choice(TEAM_FIRST)} {random.choice(TEAM_LAST)}"
