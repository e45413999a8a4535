"""The scalar for files. It is in the published schema as soon as an input has an `Upload`."""

import strawberry
from graphql import GraphQLError

from domain.uploads import Upload


def _file(value: object) -> Upload:
    # Strawberry's own Upload takes whatever is given, and a text would reach the resolver as a file.
    if not isinstance(value, Upload):
        raise GraphQLError("A file comes as a part of a multipart request, and null stands in its place.")
    return value


UPLOAD = strawberry.scalar(
    name="Upload",
    description="A file, sent beside the operation in a GraphQL multipart request.",
    specified_by_url="https://github.com/jaydenseric/graphql-multipart-request-spec",
    parse_value=_file,
)
