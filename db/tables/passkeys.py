"""The tables of passkeys and of the challenges that were used."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, id_prefix_check
from db.tables.types import ID, Created, Hash, Id, OptionalMoment
from domain.passkeys import PasskeyDevice

DEVICES = ", ".join(f"'{device}'" for device in PasskeyDevice)


class Passkey(Base):
    """A passkey of an account: the public key, by which answers of its device are checked.

    `credential_id` is the id that the device gave it, and `sign_count` how often the device says that it was used (0 if
    the device does not count). `transports` are the ways to reach the device. `alone` says whether it stands for the
    password; after a reset it does so again when it was used as the second step.
    """

    __tablename__ = "passkeys"

    id: Mapped[Id] = mapped_column(primary_key=True)
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[str]] = mapped_column(ARRAY(ID))
    device: Mapped[str]
    name: Mapped[str]
    alone: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[Created]
    last_used_at: Mapped[OptionalMoment]

    __table_args__ = (
        id_prefix_check("passkey"),
        CheckConstraint("octet_length(credential_id) between 1 and 1023", name="credential_id"),
        CheckConstraint("sign_count between 0 and 4294967295", name="sign_count"),
        CheckConstraint(f"device in ({DEVICES})", name="device"),
    )


class UsedChallenge(Base):
    """A challenge that a passkey has answered. `challenge` is its SHA-256. It cannot be answered again."""

    __tablename__ = "used_challenges"

    challenge: Mapped[Hash] = mapped_column(primary_key=True)
    used_at: Mapped[Created]
