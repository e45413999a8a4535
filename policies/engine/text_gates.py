"""Gates that need only the text of a policy. They are fast enough to run at every load."""

from collections import Counter
from collections.abc import Iterator

from domain.actions import Action
from domain.roles import VENDOR, Standing
from policies import facts
from policies.engine.parser import Source, Statement, Token, method_calls, tokenize
from policies.refusal import Finding, PolicyRefused

_FORBIDDEN = {
    "not": "'not' allows if its question fails; state what must be true instead, such as 'x.own = false'",
    "cut": "'cut' makes the decision depend on the order of rules; make the rules exclude each other instead",
    "forall": "'forall' over an empty list is true; name the fact that must be true instead",
    "debug": "'debug' stops the server and waits for a keyboard; remove it",
    "print": "'print' writes to the server's standard output on each decision; remove it",
    "new": "'new' builds objects inside a decision; load the fact beforehand instead",
}
_UNORDERED = "Facts are roles and booleans, which have no order: name the roles, or let one role include another"
_FORBIDDEN_MARKS = {
    "?": ("It has an inline query", "Write it as a test case"),
    "<": ("It compares with <", _UNORDERED),
    ">": ("It compares with >", _UNORDERED),
}


def before_loading(text: str, file: str) -> None:
    """Check a text before Oso loads it. Raises PolicyRefused."""
    source = Source(text)
    findings = list(_forbidden(source))
    if not list(tokenize(text)):
        findings.append(Finding(0, "The file is empty", "A policy without rules allows nothing: restore the file"))
    if findings:
        raise PolicyRefused(file, findings)


def kinds(source: Source, file: str) -> dict[Action, type[facts.Target]]:
    """Return the kind of target on which each action is decided. Raises PolicyRefused for unknown or missing words."""
    findings = [*_vocabulary(source), *_declarations(source), *_permissions(source)]
    if findings:
        raise PolicyRefused(file, findings)
    return {
        Action(token.text): facts.KINDS[block.type]
        for block in source.blocks
        for token in block.declared("permissions")
    }


def _forbidden(source: Source) -> Iterator[Finding]:
    for token in source.tokens:
        if token.kind == "name" and token.text in _FORBIDDEN:
            yield Finding(source.line(token.start), f"It uses {token.text}", _FORBIDDEN[token.text])
        if token.kind == "mark" and token.text in _FORBIDDEN_MARKS:
            yield Finding(source.line(token.start), *_FORBIDDEN_MARKS[token.text])
    for name in method_calls(source.tokens):
        remedy = "A fact is a plain attribute: drop the parentheses, and load what else is needed as a fact"
        yield Finding(source.line(name.start), f"It calls the method '{name.text}'", remedy)


def _vocabulary(source: Source) -> Iterator[Finding]:
    """Check the rules outside blocks, because Oso does not check the type names and the roles in them."""
    types = {kind.__name__ for kind in (*facts.SUBJECTS, facts.InTeam, *facts.TARGETS)}
    types |= {"Actor", "Resource", "String", "Boolean"}
    for rule in source.rules:
        if rule.kind != "rule":
            continue
        for word in _specializers(rule):
            if word.text not in types:
                known = ", ".join(sorted(types))
                yield Finding(source.line(word.start), f"Unknown type '{word.text}'", f"Use one of {known}")
        yield from _literals(source, rule)


def _literals(source: Source, rule: Statement) -> Iterator[Finding]:
    actions = {action.value for action in Action}
    roles = _roles_on({word.text for word in _specializers(rule)})
    for token in rule.tokens:
        if token.kind != "string" or token.text in actions or token.text in roles:
            continue
        noun = "action" if ":" in token.text else "role"
        known = ", ".join(sorted(actions if noun == "action" else roles))
        yield Finding(source.line(token.start), f"Unknown {noun} '{token.text}'", f"Use one of {known}")


def _specializers(rule: Statement) -> Iterator[Token]:
    for parameter in rule.parameters:
        if len(parameter) >= 3 and parameter[1].text == ":":  # noqa: PLR2004 - variable, colon, type
            yield parameter[2]


def _roles_on(types: set[str]) -> set[str]:
    """The roles that a rule about these types may name: standings, or about the business only `vendor`."""
    return {VENDOR} if facts.Business.__name__ in types else {one.value for one in Standing}


def _declarations(source: Source) -> Iterator[Finding]:
    actions = {action.value for action in Action}
    for block in source.blocks:
        roles = _roles_on({block.type})
        if block.kind == "resource" and block.type not in facts.KINDS and block.declared("permissions"):
            remedy = f"Declare permissions on one of {', '.join(facts.KINDS)}"
            yield Finding(block.line, f"'{block.type}' is not a kind of target", remedy)
        for token in block.declared("roles"):
            if token.text not in roles:
                remedy = f"Use one of {', '.join(sorted(roles))}"
                yield Finding(source.line(token.start), f"Unknown role '{token.text}'", remedy)
        for token in block.declared("permissions"):
            if token.text not in actions:
                remedy = "Correct the spelling, or add it to domain/actions.py"
                yield Finding(source.line(token.start), f"Unknown action '{token.text}'", remedy)


def _permissions(source: Source) -> Iterator[Finding]:
    """Check that every action is declared exactly once, and that a rule gives it."""
    declared = [(token, block) for block in source.blocks for token in block.declared("permissions")]
    count = Counter(token.text for token, _ in declared)
    for token, block in declared:
        line = source.line(token.start)
        if count[token.text] > 1:
            remedy = "An action is decided on one kind of target: keep the one declaration"
            yield Finding(line, f"'{token.text}' is declared {count[token.text]} times", remedy)
        if not any(rule.gives(token.text) for rule in source.rules):
            remedy = f'Nobody may do it: add a rule that gives it, such as "{token.text}" if "user"'
            yield Finding(line, f"No rule gives '{token.text}' of {block.type}", remedy)
    for action in Action:
        if action.value not in count:
            remedy = "Add it to the permissions of the resource block it belongs to, and a rule that gives it"
            yield Finding(0, f"The action '{action.value}' is not declared", remedy)
