"""Enums that several types show; declared here once, because GraphQL knows each name once."""

from domain.actions import Action
from domain.roles import Role
from resolvers.access.session_delivery import SessionDelivery
from schema.core.fields import names

__all__ = ["Action", "Role", "SessionDelivery"]

names(Action)
names(Role)
names(SessionDelivery)
