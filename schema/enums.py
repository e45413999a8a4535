"""Enums that several types show; declared here once, because GraphQL knows each name once."""

from domain.roles import Role
from resolvers.people import BulkMode
from schema.fields import names

__all__ = ["BulkMode", "Role"]

names(Role)
names(BulkMode)
