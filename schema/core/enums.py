"""Enums that several types use. They are published here once, because a GraphQL schema has each name once."""

from domain.actions import Action
from domain.languages import Language
from domain.roles import Role
from resolvers.access.session_delivery import SessionDelivery
from schema.core.fields import publish_enum

__all__ = ["Action", "Language", "Role", "SessionDelivery"]

publish_enum(Action)
publish_enum(Language)
publish_enum(Role)
publish_enum(SessionDelivery)
