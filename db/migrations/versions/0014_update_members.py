"""Let partner tokens have the scope `members:update`."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NAME = "ck_partner_tokens_scopes"
NEW_SCOPE = "'members:update'"
SCOPES_BEFORE = (
    "'members:read', 'members:invite', 'members:import', 'members:change_role', 'members:remove', "
    "'invitations:resend', 'invitations:revoke', 'emails:read', 'groups:read', 'groups:create', "
    "'groups:update', 'groups:delete', 'groups:assign', 'defaults:set', 'pools:read', 'seats:read', "
    "'seats:assign', 'seats:unassign', 'seats:reassign', 'requests:read', 'requests:answer', "
    "'usage:read', 'history:read', 'audit:read'"
)
SCOPES = SCOPES_BEFORE.replace("'members:import'", f"'members:import', {NEW_SCOPE}")
NARROW_TOKENS = (
    f'delete from partner_tokens where scopes <@ array[{NEW_SCOPE}] collate "C"',  # noqa: S608 - a constant
    f"update partner_tokens set scopes = array_remove(scopes, {NEW_SCOPE}) where {NEW_SCOPE} = any(scopes)",  # noqa: S608
)


def upgrade() -> None:
    """Upgrade to this revision."""
    _scopes(SCOPES)


def downgrade() -> None:
    """Downgrade to revision 0013. Tokens lose the scope, and a token without any other scope is deleted."""
    for statement in NARROW_TOKENS:
        op.execute(statement)
    _scopes(SCOPES_BEFORE)


def _scopes(known: str) -> None:
    op.drop_constraint(op.f(NAME), "partner_tokens", type_="check")
    op.create_check_constraint(op.f(NAME), "partner_tokens", f'scopes <@ array[{known}] collate "C"')
