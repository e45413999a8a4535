"""The scalar for files. The schema has it if an input has an `Upload`."""

import strawberry
from graphql import GraphQLError

from domain.uploads import Upload


def _file(value: object) -> Upload:
    # Strawberry's own Upload accepts any value, so that a text would reach the resolver as a file.
    if not isinstance(value, Upload):
        raise GraphQLError("Send a file as a part of a multipart request, and null in its place in the variables.")
    return value


UPLOAD = strawberry.scalar(
    name="Upload",
    description="A file, sent together with the operation in a GraphQL multipart request.",
    specified_by_url="https://github.com/jaydenseric/graphql-multipart-request-spec",
    parse_value=_file,
)
