"""Write graphs to another server by the Graph Store Protocol, and try again when it fails."""

from __future__ import annotations

import time
from collections.abc import Iterable
from urllib.parse import quote

import urllib3

from kg.credentials import Credentials
from kg.errors import TooLarge, Unreachable

__all__ = ["DEFAULT", "GraphStore"]

#: How the default graph is called.
DEFAULT = "default"
#: Tries of one request; each pause between two is twice the one before.
TRIES = 5
#: Statuses that may pass: the server is busy, or restarts.
PASSING = {408, 425, 429, 500, 502, 503, 504}
TYPE = "application/n-triples"
NAMED = "A server that has no default graph of its own takes ours by --default-graph IRI"
AGAIN = "What is done is noted; publish again to go on"


class GraphStore:
    """The graphs of a server, by the addresses that the protocol gives them."""

    def __init__(
        self, url: str, credentials: Credentials, *, seconds: float = 120.0, pause: float = 0.5
    ) -> None:
        """Write to the graph store at `url`.

        A request may take so many seconds, and is tried again after a pause.
        """
        self._url = url
        self._credentials = credentials
        self._pause = pause
        self._http = urllib3.PoolManager(timeout=seconds, retries=False)

    def put(self, graph: str, pieces: Iterable[bytes]) -> None:
        """Put N-Triples in the place of a graph: the first piece replaces it, others are added.

        Raises TooLarge when the server takes no piece of that size.
        """
        method = "PUT"
        for piece in pieces:
            self._send(method, graph, piece)
            method = "POST"

    def delete(self, graph: str) -> None:
        """Take a graph away; one that is not there is no error."""
        self._send("DELETE", graph, None)

    def _send(self, method: str, graph: str, body: bytes | None) -> None:
        which = DEFAULT if graph == DEFAULT else f"graph={quote(graph, safe='')}"
        address = f"{self._url}{'&' if '?' in self._url else '?'}{which}"
        failure = ""
        for attempt in range(TRIES):
            if attempt:
                time.sleep(self._pause * 2 ** (attempt - 1))
            try:
                answer = self._tried(method, address, body)
            except urllib3.exceptions.HTTPError as error:
                failure = str(error)
                continue
            if answer.status < 300 or (method == "DELETE" and answer.status == 404):
                return
            said = " ".join(answer.data.decode("utf-8", "replace").split())[:300]
            failure = f"{answer.status} {said}"
            if answer.status == 413:
                raise TooLarge(f"{method} {address}: {failure}", hint="Use a smaller --chunk")
            if answer.status not in PASSING:
                break
        hint = NAMED if graph == DEFAULT and failure[:1].isdigit() else AGAIN
        raise Unreachable(f"{method} {address}: {failure}", hint=hint)

    def _tried(self, method: str, address: str, body: bytes | None) -> urllib3.BaseHTTPResponse:
        for _ in range(2):
            fields = {"Content-Type": TYPE} if body is not None else {}
            fields |= {"User-Agent": "mithaq", **self._credentials.fields(method, address)}
            answer = self._http.request(method, address, body=body, headers=fields, redirect=False)
            if answer.status != 401:
                break
            if not self._credentials.asked(answer.headers.get("WWW-Authenticate")):
                break
        return answer
