"""Each order and each lock in the sources has a mutant, or an exclusion with a reason."""

from collections import Counter

import pytest

from tests.mutants.catalogue import MUTANTS
from tests.mutants.exclusions import EXCLUSIONS
from tests.mutants.mutant import Mutant
from tests.mutants.sites import ROOT, files, sites

SOURCES = dict(files())
NAMES = [mutant.name for mutant in MUTANTS]


@pytest.mark.parametrize("mutant", MUTANTS, ids=NAMES)
def test_a_mutant_changes_its_file(mutant: Mutant) -> None:
    source = (ROOT / mutant.file).read_text()
    mutated = mutant.applied(source)
    assert mutated != source
    compile(mutated, mutant.file, "exec")


@pytest.mark.parametrize("mutant", MUTANTS, ids=NAMES)
def test_the_tests_of_a_mutant_exist(mutant: Mutant) -> None:
    assert mutant.tests
    for test in mutant.tests:
        file, _, name = test.partition("::")
        assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text()


def test_no_two_mutants_have_the_same_name() -> None:
    assert len(NAMES) == len(set(NAMES))


def test_each_site_has_a_mutant_or_a_reason_to_have_none() -> None:
    mutated = {
        (mutant.file, site.start)
        for mutant in MUTANTS
        if mutant.file in SOURCES
        for site in mutant.covered(SOURCES[mutant.file])
    }
    excluded = {(one.file, one.line) for one in EXCLUSIONS}
    found = [(file, site) for file, source in SOURCES.items() for site in sites(source)]
    assert found
    unknown = [
        f"{file}: {site.line}"
        for file, site in found
        if (file, site.start) not in mutated and (file, site.line) not in excluded
    ]
    assert unknown == []
    assert [site.line for file, site in found if (file, site.start) in mutated and (file, site.line) in excluded] == []


def test_each_exclusion_covers_as_many_lines_as_it_says() -> None:
    lines = Counter((file, line.strip()) for file, source in SOURCES.items() for line in source.splitlines())
    assert {one: lines[one.file, one.line] for one in EXCLUSIONS} == {one: one.times for one in EXCLUSIONS}
    assert all(sites(one.line) for one in EXCLUSIONS)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("select 1 order by id for update\n", ["order by id", "for update"]),
        ("select 1 FOR NO KEY UPDATE", ["FOR NO KEY UPDATE"]),
        ("select 1 for share", ["for share"]),
        ("query.order_by(Seat.id).with_for_update()", [".order_by(Seat.id).", "with_for_update()"]),
        ("func.row_number().over(order_by=Seat.id)", ["order_by=Seat.id)"]),
        ("select pg_try_advisory_lock(1)", ["pg_try_advisory_lock(1)"]),
        ("lock table seats", ["lock table seats"]),
        ("[share for share in exact]\norder_by: MembersOrder", []),
    ],
)
def test_sites_are_found_in_each_form(source: str, found: list[str]) -> None:
    assert [site.text for site in sites(source)] == found


def test_a_mutant_covers_only_what_it_changes() -> None:
    source = "first\norder by id for update\nsecond\norder by id\n"
    unordered = Mutant("", "", "order by id for update", "for update", ())
    assert [site.text for site in unordered.covered(source)] == ["order by id"]
    unlocked = Mutant("", "", " for update", "", ())
    assert [site.text for site in unlocked.covered(source)] == ["for update"]
    second = Mutant("", "", "order by id", "order by name", (), occurrence=2)
    assert [site.start for site in second.covered(source)] == [source.rindex("order by id")]


@pytest.mark.parametrize(("before", "occurrence"), [("order", None), ("absent", None), ("order", 3), ("order", 0)])
def test_a_mutant_whose_text_is_not_found_is_refused(before: str, occurrence: int | None) -> None:
    with pytest.raises(ValueError, match="occur"):
        Mutant("", "", before, "", (), occurrence).applied("order by order")
