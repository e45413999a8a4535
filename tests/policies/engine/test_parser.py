"""The parser splits the text of a policy into statements, also in the unusual forms that the language allows."""

from policies.engine.parser import Source, method_calls, tokenize

TEXT = """\
# "not" a rule; { [ (
actor Person {}
allow(a, "x:y", c) if  # why; because
    b(a) and
    c in ["(", "};"];

resource Team {
    permissions = ["teams:read",
                   "pools:read"];
    relations = { parent: Team };
    "teams:read" if "user" on "parent";
}
has_permission(_: Person, action, t: Team{role: "user"}) if action in ["pools:read"];
fact("quote \\" ; inside");
"""


def test_statements_keep_their_lines_and_blocks() -> None:
    source = Source(TEXT)
    assert [(rule.kind, rule.name, rule.line, rule.block) for rule in source.rules] == [
        ("rule", "allow", 3, None),
        ("short", "teams:read", 11, "Team"),
        ("rule", "has_permission", 13, None),
        ("rule", "fact", 14, None),
    ]
    assert [(block.kind, block.type, block.line) for block in source.blocks] == [
        ("actor", "Person", 2),
        ("resource", "Team", 7),
    ]
    assert [token.text for token in source.blocks[1].declared("permissions")] == ["teams:read", "pools:read"]
    assert [source.line(token.start) for token in source.blocks[1].declared("permissions")] == [8, 9]


def test_parameters_are_split_at_the_commas_outside_brackets() -> None:
    rule = Source(TEXT).rules[2]
    assert [[token.text for token in parameter] for parameter in rule.parameters] == [
        ["_", ":", "Person"],
        ["action"],
        ["t", ":", "Team", "{", "role", ":", "user", "}"],
    ]


def test_a_rule_with_a_variable_action_may_give_any_action() -> None:
    _, short, open_rule, fact = Source(TEXT).rules
    assert short.gives("teams:read")
    assert not short.gives("pools:read")
    assert open_rule.gives("teams:read")
    assert not fact.gives("teams:read")


def test_removing_a_rule_keeps_the_lines_of_the_others() -> None:
    source = Source(TEXT)
    rest = Source(source.without([source.rules[0], source.rules[2]]))
    assert [(rule.name, rule.line) for rule in rest.rules] == [("teams:read", 11), ("fact", 14)]


def test_a_method_call_is_a_dot_a_name_and_a_parenthesis() -> None:
    assert [token.text for token in method_calls(tokenize("a.b and c(a) and a.d(1) and a.e . f(x)"))] == ["d", "f"]
    assert list(method_calls(tokenize('x = ".g(" and # .h(\n y'))) == []
