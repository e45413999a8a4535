"""Store whether a person knows a password, which identities ended, and which one a second step adds."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this revision."""
    op.add_column("users", sa.Column("password_known", sa.Boolean(), server_default="true", nullable=False))
    op.create_table(
        "ended_identities",
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("issuer", sa.Text(collation="C"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ended_identities_user_id")),
        sa.PrimaryKeyConstraint("user_id", "issuer", name=op.f("pk_ended_identities")),
    )
    for column in ("issuer", "subject"):
        op.add_column("sign_in_challenges", sa.Column(column, sa.Text(collation="C"), nullable=True))
    op.create_check_constraint(
        op.f("ck_sign_in_challenges_identity"), "sign_in_challenges", "(issuer is null) = (subject is null)"
    )


def downgrade() -> None:
    """Downgrade to the revision before. An address may link an identity again that was removed."""
    op.drop_constraint(op.f("ck_sign_in_challenges_identity"), "sign_in_challenges")
    for column in ("subject", "issuer"):
        op.drop_column("sign_in_challenges", column)
    op.drop_table("ended_identities")
    op.drop_column("users", "password_known")
