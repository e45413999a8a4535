"""Enums that several types show; declared here once, because GraphQL knows each name once."""

from domain.actions import Action
from domain.roles import Role
from schema.fields import names

__all__ = ["Action", "Role"]

names(Action)
names(Role)
