"""HEAD: a request for the head of an answer alone, which any resource answers as it answers GET.

Twisted takes away the body that a resource returns all the same, and writes a line about it to
the log; so anybody could have as many lines written as they like.
"""

from __future__ import annotations

from typing import Any

from twisted.web.resource import Resource
from twisted.web.server import Request


class Headed(Resource):
    """Another resource, as it answers HEAD."""

    isLeaf = True

    def __init__(self, resource: Any) -> None:
        super().__init__()
        self._resource = resource

    def render(self, request: Request) -> Any:
        """Have the resource answer, and leave out the body."""
        body = self._resource.render(request)
        if isinstance(body, bytes) and body:
            request.setHeader(b"content-length", b"%d" % len(body))
            return b""
        return body
