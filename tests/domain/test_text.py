"""Names, searches and passwords have one form each, and folding treats as equal what people treat as equal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import (
    MAX_LENGTH,
    PASSWORD_LENGTHS,
    display_name,
    external_id,
    fold,
    full_name,
    last_name,
    password,
    passwords,
    words,
)

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
INVISIBLE = "\u00ad\u034f\u115f\u1160\u17b4\u180e\u200b\u2060\u2064\u3164\ufe0f\ufeff\uffa0\U000e0041\u2800"
VISIBLE = st.characters(categories=["L", "N", "P", "S"], exclude_characters=INVISIBLE + "\U0001d159")
ANY = st.text(
    st.one_of(
        st.sampled_from(BIDI + INVISIBLE + " \u00a0\u3000\u200c\u200d\u0301\u0307\u0345\u093c\u094d\u3099İıßſΣςÅﬁ"),
        st.characters(codec="utf-8"),
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ada", "Ada"),
        ("李", "李"),
        ("O'Neil-Łuk", "O'Neil-Łuk"),
        ("محمد", "محمد"),
        ("  Ada  ", "Ada"),
        ("Jean \u00a0\u3000 Luc", "Jean Luc"),
        ("E\u0301quipe", "Équipe"),
        ("Équipe\u200b", "Équipe"),
        ("A\u00ad\u2060\ufeffda", "Ada"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d🔧", "👩\u200d🔧"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("👩🏽\u200d🔧", "👩🏽\u200d🔧"),
        ("A\u200dda\u200c", "A\u200dda"),
        ("\u200dAda \u200d Byron\u200d\u200d", "Ada Byron"),
        ("Ada\u200c-Byron", "Ada-Byron"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("\ufe0fAda", "Ada"),
        ("x" * 100, "x" * 100),
        ("e\u0301" * 100, "é" * 100),
    ],
    ids=ascii,
)
def test_a_name_is_stored_in_one_form(text: str, shown: str) -> None:
    assert display_name(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\t\n", "x" * 101, "é" * 101, "A\0", "A\nB", "A\x7fB", "A\x85B", "\x1b[31mA", "\ud800", "A\udfff"),
        *("\u200b", "\u3164", "\u2060 \u2060", "\u0301", "\u2800", "\U000e0020", "\u202eevil", "Ada\u200f"),
        "x" + "\u0301" * 100_000,
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_these_are_not_names(text: str) -> None:
    assert display_name(text) is None


@given(st.text(VISIBLE, min_size=1, max_size=MAX_LENGTH // 4))
def test_any_text_of_visible_characters_is_a_name(text: str) -> None:
    assert display_name(text) == unicodedata.normalize("NFC", text)


@given(st.text(VISIBLE), st.sampled_from("\0\x01\n\x1f\x7f\x9f\ud800\udbff\udfff" + BIDI), st.text(VISIBLE, min_size=1))
def test_a_text_with_a_control_is_not_a_name(before: str, bad: str, after: str) -> None:
    assert display_name(f"x{before}{bad}{after}") is None


@given(st.text(st.sampled_from(INVISIBLE + " \u00a0\u200c\u200d\u0301\u094d"), max_size=20))
def test_a_text_without_a_visible_character_is_not_a_name(text: str) -> None:
    assert display_name(text) is None


@given(ANY)
def test_a_name_is_in_nfc_without_anything_to_leave_out(text: str) -> None:
    shown = display_name(text)
    if shown is not None:
        assert display_name(shown) == shown == unicodedata.normalize("NFC", shown)
        assert not set(shown) & set(BIDI + "\u200b\u2060\ufeff\u3164\u00a0")
        assert shown == " ".join(shown.split())
        assert fold(shown)


@given(ANY)
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY)
def test_normal_forms_and_invisible_characters_do_not_change_the_folded_form(text: str) -> None:
    forms = {fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert forms == {fold(text), fold(f" \u200b{text}\u2060 ")}


def test_each_character_folds_to_a_stable_form() -> None:
    for code in [*range(0xD800), *range(0xE000, 0x30000)]:
        character = chr(code)
        folded = fold(character)
        assert fold(folded) == folded == fold(unicodedata.normalize("NFD", character)), hex(code)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Équipe", "EQUIPE"),
        ("Équipe A", "E\u0301quipe\u00a0 a\u200b"),
        ("Łukasz Ørsted", "lukasz orsted"),
        ("Straße", "STRASSE"),
        ("İstanbul", "istanbul"),
        ("ISPARTA", "ısparta"),
        ("Σίσυφος", "ΣΙΣΥΦΟΣ"),
        ("مُحَمَّد", "محمد"),
        ("ＡＤＡ", "ada"),
        ("O’Neil", "o'neil"),
        ("Nguyễn", "nguyen"),
    ],
)
def test_these_fold_to_the_same_text(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("कि", "के"), ("かき", "がき"), ("C", "C#"), ("กา", "กี"), ("강", "가")])
def test_these_do_not(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_the_words_of_a_search_are_folded_and_distinct() -> None:
    assert words("  Nova\u0301k\u3000 ÉVA éva ") == ["novak", "eva"]
    assert words(" \u200b ") == []


def test_a_password_is_prepared_as_an_opaque_string() -> None:
    # The examples of RFC 8265, section 4.3, and one of each rule.
    assert password("correct horse battery staple") == "correct horse battery staple"
    assert password("Correct Horse Battery Staple") == "Correct Horse Battery Staple"
    assert password("πßå") == "πßå"
    assert password("Jack of ♦s") == "Jack of ♦s"
    assert password("foo\u1680bar") == "foo bar"
    assert password("my cat is a \u0009by") is None
    assert password("") is None
    assert password("man\u0303ana-cafe\u0301-Zu\u0308rich") == "mañana-café-Zürich"
    assert password("ﬁﬃ") == "ﬁﬃ"
    assert password("x" + "\u0301" * 100_000) is None


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=10, max_size=60))
def test_both_normal_forms_of_a_password_are_one_password(text: str) -> None:
    prepared = password(text)
    assert prepared is not None
    assert password(prepared) == prepared
    assert {password(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")} == {prepared}
    if len(prepared) in PASSWORD_LENGTHS:
        assert passwords(text) == list(dict.fromkeys((prepared, text)))


def test_a_password_has_a_second_form_only_if_it_was_typed_otherwise() -> None:
    assert passwords("mañana-café") == ["mañana-café"]
    assert passwords("man\u0303ana-cafe\u0301") == ["mañana-café", "man\u0303ana-cafe\u0301"]
    assert passwords("tab\tin an old one") == ["tab\tin an old one"]
    assert passwords("x" * 201) == passwords("") == passwords("a lone \ud800 surrogate") == [""]


@pytest.mark.parametrize(
    ("last", "stored"), [(None, ""), ("", ""), (" \t", ""), (" Byron ", "Byron"), ("x" * 101, None), ("B\x07", None)]
)
def test_the_last_name_may_be_absent_but_one_that_is_there_must_be_valid(last: str | None, stored: str | None) -> None:
    assert last_name(last) == stored


@pytest.mark.parametrize(("last", "full"), [("Byron", "Ada Byron"), ("", "Ada")])
def test_the_full_name_of_a_person_with_one_name_is_this_name(last: str, full: str) -> None:
    assert full_name("Ada", last) == full


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        (" E 1\n", "E 1"),
        ("e\u0301\u200b", "e\u0301\u200b"),
        ("x" * 100, "x" * 100),
        (" " * 9_000 + "x", "x"),
        *((text, None) for text in ("", " ", "x" * 101, "E\0", "E\n1", "E\x7f", "\ud800", "\u202eE", "E\u2066")),
    ],
    ids=ascii,
)
def test_an_external_id_is_stored_as_it_is_without_blanks_at_its_ends(text: str, stored: str | None) -> None:
    assert external_id(text) == stored
