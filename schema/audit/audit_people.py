"""The values in the audit log that identify people."""

import strawberry
from strawberry.scalars import JSON

from db.audit.audit_people import PersonalChangeRow
from schema.core.fields import shows


@shows(PersonalChangeRow)
class PersonalChange:
    """The values in an entry of the audit log that identify one person. They are erased with the person's account."""

    user_id: strawberry.ID = strawberry.field(description="The id of the person.")
    before: JSON | None = strawberry.field(description="The values before the change; null if they were erased.")
    after: JSON | None = strawberry.field(description="The values after the change; null if they were erased.")
