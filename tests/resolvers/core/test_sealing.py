"""A sealed text can be read only with the same secret, for the same owner."""

import pytest

from resolvers.core.sealing import Seal

SEALED = Seal("a secret").close("text of ada", "user_ada")


def test_a_text_is_read_by_every_process_with_the_same_secret() -> None:
    assert "text of ada" not in SEALED
    assert Seal("a secret").open(SEALED, "user_ada") == "text of ada"
    assert Seal("a secret").close("text of ada", "user_ada") != SEALED


@pytest.mark.parametrize(
    ("secret", "sealed", "owner"),
    [
        ("another secret", SEALED, "user_ada"),
        ("a secret", SEALED, "user_bob"),
        ("a secret", SEALED[:-2] + ("AA" if SEALED[-2:] != "AA" else "BB"), "user_ada"),
        ("a secret", "", "user_ada"),
        ("a secret", "no secret", "user_ada"),
        ("a secret", "a.b.c.d.e", "user_ada"),
    ],
)
def test_with_anything_else_it_is_not_read(secret: str, sealed: str, owner: str) -> None:
    assert Seal(secret).open(sealed, owner) is None
