"""Let a challenge of a sign-in have only a known method and a known delivery."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLE = "sign_in_challenges"
CHECKS = {
    "ck_sign_in_challenges_method": "method in ('password', 'link', 'passkey', 'openid_connect')",
    "ck_sign_in_challenges_delivery": "delivery in ('bearer', 'cookie')",
}


def upgrade() -> None:
    """Upgrade to this revision."""
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(name), TABLE, condition)


def downgrade() -> None:
    """Downgrade to the revision before."""
    for name in CHECKS:
        op.drop_constraint(op.f(name), TABLE)
