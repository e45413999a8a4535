"""Why a request is refused before GraphQL is concerned. Each refusal has its status and headers for the answer."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.problems import Problem

CODINGS = "gzip"
"""The content codings that a body may have, as in an Accept-Encoding header (RFC 9110, 12.5.3)."""


class RefusedRequest(Problem):
    """The HTTP request is refused. `headers` of the answer tell the client what it can send instead."""

    status = 400
    headers: Mapping[str, str] = MappingProxyType({})


class TooLarge(RefusedRequest):
    """The body is over the limit, as it came or unpacked."""

    code, status = "PAYLOAD_TOO_LARGE", 413


class WrongMediaType(RefusedRequest):
    """The media type of the body is neither JSON nor a form with files."""

    code, status = "UNSUPPORTED_MEDIA_TYPE", 415


class WrongCoding(WrongMediaType):
    """The content coding of the body is not supported. The answer names those that are (RFC 9110, 15.5.16)."""

    headers = MappingProxyType({"accept-encoding": CODINGS})


class NotAcceptable(RefusedRequest):
    """The Accept header allows neither media type of a GraphQL answer."""

    code, status = "NOT_ACCEPTABLE", 406


class MethodNotAllowed(RefusedRequest):
    """The request cannot be sent with its method. `allowed` are the methods with which it can."""

    code, status = "METHOD_NOT_ALLOWED", 405

    def __init__(self, message: str, allowed: str) -> None:
        super().__init__(message)
        self.headers = {"allow": allowed}


class PreflightRequired(RefusedRequest):
    """The request has a cookie or a form, but no header that another site cannot send."""

    code, status = "PREFLIGHT_REQUIRED", 403
