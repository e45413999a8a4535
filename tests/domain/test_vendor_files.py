"""Files of people in the formats of other vendors: the import reads them as they are."""

import pytest

from domain.import_columns import MAX_CELL
from domain.imports import Reason, Row, Sheet, read
from domain.roles import Role

JOHN = ("John", "Smith", "j@x.example")
ENTRA_TEMPLATE = (
    "Name [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required,"
    "Block sign in (Yes/No) [accountEnabled] Required,First name [givenName],Last name [surname],Job title [jobTitle]"
)
ENTRA_EXPORT = "userPrincipalName,displayName,surname,mail,givenName,id,userType,accountEnabled"
GOOGLE = (
    "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],"
    "Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],New Primary Email [UPLOAD ONLY],"
    "Recovery Email,Work Secondary Email,Employee ID,Status [READ ONLY]"
)
OKTA = (
    "login,firstName,lastName,middleName,honorificPrefix,email,title,displayName,nickName,secondEmail,mobilePhone,"
    "userType,division,department,managerId,manager"
)
ADOBE = (
    "Identity Type,Username,Domain,Email,First Name,Last Name,Country Code,ID,Product Configurations,Admin Roles,"
    "User Groups"
)
MICROSOFT_365 = "Block credential,City,Department,Display name,First name,Last name,Object Id,Title,User principal name"
FILES = {
    "Excel": ("sep=;\r\nFirst name;Last name;Email address\r\nJohn;Smith;j@x.example\r\n", 3),
    "Adobe": (f"{ADOBE}\nFederated ID,j,x.example,j@x.example,John,Smith,US,,,,Design\n", 2),
    "Adobe, with a user name that is the address": (
        f"{ADOBE}\nFederated ID,j@x.example,x.example,,John,Smith,US,,,,\n",
        2,
    ),
    "Autodesk": ("First name,Last name,Email\nJohn,Smith,j@x.example\n", 2),
    "Entra ID, the template": (f"version:v1.0\n{ENTRA_TEMPLATE}\nJohn Smith,j@x.example,secret,No,John,Smith,\n", 3),
    "Entra ID, saved by Excel": (
        f"version:v1.0,,,,,,\r\n{ENTRA_TEMPLATE}\r\nJohn Smith,j@x.example,secret,No,John,Smith,Engineer\r\n",
        3,
    ),
    "Entra ID, exported": (
        f"{ENTRA_EXPORT}\nj_home.example#EXT#@x.example,John Smith,Smith,j@x.example,John,0000-11,Guest,True\n",
        2,
    ),
    "Entra ID, exported without a mailbox": (
        "userPrincipalName,displayName,surname,mail,givenName,id\nj@x.example,John Smith,Smith,,John,0000-11\n",
        2,
    ),
    "Google Workspace": (f"{GOOGLE}\nJohn,Smith,j@x.example,****,,/,,home@y.example,work@y.example,E17,Active\n", 2),
    "Microsoft 365": (
        f"\ufeff{MICROSOFT_365}\r\nFalse,Bern,IT,John Smith,John,Smith,0000-11,,j@x.example\r\n",
        2,
    ),
    "Okta": (f"{OKTA}\njsmith,John,Smith,,,j@x.example,Dr,John Smith,,home@y.example,,,,,,\n", 2),
    "Zoom": ('"Email" ,"First Name" ,"Last Name" ,"Department"\n"j@x.example" ,"John" ,"Smith" ,"IT"\n', 2),
    "a sheet with tabs": ("Email\tGiven name\tFamily name\nj@x.example\tJohn\tSmith\n", 2),
    "a database with |": ("EMAIL|FIRST_NAME|LAST_NAME\rj@x.example|John|Smith\r", 2),
}
EXTERNAL_IDS = {"Microsoft 365": "0000-11", "Google Workspace": "E17"}
WITH_ONE_NAME = {
    "Atlassian": (
        "User id,User name,email,User status,Added to org,Org role,Last seen in Jira\n"
        "5b10ac8d82e05b22cc7d4ef5,John Smith,j@x.example,Active,2024-01-02,User,2026-01-02\n"
    ),
    "Slack": (
        "username,email,status,billing-active,has-2fa,has-sso,userid,fullname,displayname,expiration-timestamp\n"
        "john,j@x.example,Member,1,0,0,U01,John Smith,jo,\n"
    ),
    "Entra ID, without parts of the name": (
        "userPrincipalName,displayName,surname,mail,givenName\nj@x.example,John Smith,,,\n"
    ),
    "Entra ID, without parts of the name and saved by a program that omits empty cells": (
        "userPrincipalName,displayName,surname,mail,givenName\nj@x.example,John Smith\n"
    ),
}


def sheet(text: str) -> Sheet:
    """Read a file, as bytes, with any address that has an @."""

    def address(email: str) -> str:
        if email.count("@") != 1:
            raise ValueError(email)
        return email

    return read(text.encode(), address)


@pytest.mark.parametrize("vendor", FILES)
def test_the_export_of_a_vendor_is_read(vendor: str) -> None:
    text, line = FILES[vendor]
    found = sheet(text)
    assert found.rows == [Row(line, *JOHN, None, EXTERNAL_IDS.get(vendor))]
    assert {flaw.reason for flaw in found.flaws} <= {Reason.COLUMN_UNKNOWN}


@pytest.mark.parametrize("vendor", WITH_ONE_NAME)
def test_a_full_name_is_not_divided(vendor: str) -> None:
    assert sheet(WITH_ONE_NAME[vendor]).rows == [Row(2, "John Smith", "", "j@x.example", None)]


@pytest.mark.parametrize("vendor", FILES)
def test_columns_may_stand_in_any_order_and_case(vendor: str) -> None:
    text = FILES[vendor][0]
    lines = [
        one.strip() for one in text.replace("\ufeff", "").splitlines() if "version" not in one and "sep" not in one
    ]
    delimiter = next(one for one in ("\t", "|", ";", ",") if one in lines[0])
    rows = [delimiter.join(reversed(one.split(delimiter))) for one in lines]
    expected = [Row(2, *JOHN, None, EXTERNAL_IDS.get(vendor))]
    assert sheet("\n".join([rows[0].upper(), *rows[1:]])).rows == expected


def test_a_user_name_is_no_name_of_a_person_where_the_file_has_first_names() -> None:
    found = sheet(f"{ADOBE}\nFederated ID,j,x.example,j@x.example,,,US,,,,\n")
    rejected = [(flaw.line, flaw.column, flaw.reason) for flaw in found.flaws if not flaw.reason.is_information]
    assert rejected == [(2, "First name", Reason.VALUE_MISSING)]


def test_the_ignored_columns_are_told() -> None:
    found = sheet(f"{GOOGLE}\nJohn,Smith,j@x.example,****,,/,,,,,Active\n")
    ignored = ["Password [Required]", "Password Hash Function [UPLOAD ONLY]", "Org Unit Path [Required]"]
    assert [flaw.column for flaw in found.flaws][:3] == ignored
    assert found.flaws[0].message == "The column “Password [Required]” is ignored."


def test_the_groups_of_another_vendor_are_not_groups_of_the_team() -> None:
    assert "User Groups" in [flaw.column for flaw in sheet(FILES["Adobe"][0]).flaws]


def test_the_roles_of_another_vendor_are_not_roles_of_the_team() -> None:
    assert "Org role" in [flaw.column for flaw in sheet(WITH_ONE_NAME["Atlassian"]).flaws]
    found = sheet("Email,Name,Team Role\nj@x.example,John,SOFTWARE_COORDINATOR\nk@x.example,Kim,Member\n")
    assert found.rows == [Row(2, "John", "", "j@x.example", None, role=Role.SOFTWARE_COORDINATOR)]


def test_a_header_that_a_line_of_excel_contradicts_is_read_by_its_own_delimiter() -> None:
    found = sheet("sep=,\nFirst name;Last name;Email address\nJohn;Smith;j@x.example\n")
    assert found.rows == [Row(3, *JOHN, None)]


@pytest.mark.parametrize("text", ["sep=;\n", "version:v1.0\n", "sep=;\r\nversion:v1.0;;\r\n\r\n"])
def test_a_file_with_such_a_line_only_is_empty(text: str) -> None:
    assert [flaw.reason for flaw in sheet(text).flaws] == [Reason.HEADER_MISSING]


def test_a_very_long_cell_names_no_column() -> None:
    at_most = "Email address [" + "x" * (MAX_CELL - 16) + "]"
    assert sheet(f"First name,Last name,{at_most}\nJohn,Smith,j@x.example\n").rows == [Row(2, *JOHN, None)]
    longer = at_most.replace("[", "[x")
    found = sheet(f"First name,Last name,{longer}\nJohn,Smith,j@x.example\n")
    assert Reason.COLUMN_MISSING in [flaw.reason for flaw in found.flaws]


@pytest.mark.parametrize(
    "text",
    ["version:v" + "." * 10**6 + "x", "[" * 10**6, "\u0301\u0323" * 500_000, "a," * 500_000, " " * 10**6 + "x"],
    ids=["dots", "brackets", "marks", "cells", "spaces"],
)
def test_a_header_of_a_megabyte_is_refused(text: str) -> None:
    """If the time grew with the square of the length, this would take minutes to hours."""
    assert not sheet(text).rows
