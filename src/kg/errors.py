"""Every failure raised on purpose; caught once, at the edge.

KgError
├── BadQuery        400  the text is not a SPARQL query we run
├── BadChoice       400  a page is asked for on a day or in a language that there is not
├── BadParameter    422  a parameter is unknown or its value has the wrong type
├── BadData         400  a file of the graph, or a dataset, cannot be read
├── BadShapes       500  shapes or settings are wrong
├── NotFound        404
├── Gone            410  there was such a thing, and nothing took its place
├── NotAcceptable   406
├── UnsupportedMedia 415
├── TooLarge        413
├── Unauthorized    401  a write without a token
├── Conflict        409  the write does not fit what is there
├── PreconditionFailed 412  the graph is not as the client last saw it
├── Invalid         422  the write would break a shape
├── CannotWrite     500  the folder of a written graph cannot be used
├── Refused         403  SERVICE, LOAD, updates
├── TooSlow         503  the time limit stopped the query
├── TooBusy         429  too many queries wait for a worker
├── Cancelled       503  the query was stopped on request
├── WorkerDied      503  the process that answered the query ended
├── OutOfMemory     507  the query wanted more memory than one may have
├── Unreachable     502  the server asked by --store or kg publish does not answer as it should
├── CannotListen    500  the address or port cannot be bound
├── Internal        500  an error that nobody foresaw
└── NotReady        503  there is no built graph to answer from
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "BadChoice",
    "BadData",
    "BadParameter",
    "BadQuery",
    "BadShapes",
    "Cancelled",
    "CannotListen",
    "CannotWrite",
    "Conflict",
    "Gone",
    "Internal",
    "Invalid",
    "KgError",
    "NotAcceptable",
    "NotFound",
    "NotReady",
    "OutOfMemory",
    "PreconditionFailed",
    "Refused",
    "TooBusy",
    "TooLarge",
    "TooSlow",
    "Unauthorized",
    "Unreachable",
    "UnsupportedMedia",
    "WorkerDied",
]


class KgError(Exception):
    """Base of every error raised on purpose; knows its HTTP status and exit code."""

    status = 500
    exit_code = 4

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Keep the message, a remedy and machine-readable details (line, column, excerpt …)."""
        super().__init__(message)
        self.hint = hint
        self.details = dict(details or {})


class BadQuery(KgError):
    """The text is not a SPARQL query we run."""

    status = 400
    exit_code = 2


class BadChoice(KgError):
    """A page is asked for on a day, or in a language, that there is not."""

    status = 400
    exit_code = 2


class BadParameter(KgError):
    """A parameter is unknown, missing, or its value has the wrong type."""

    status = 422
    exit_code = 2


class BadData(KgError):
    """A file of the graph or of a dataset cannot be read; says file, line, column."""

    status = 400
    exit_code = 2


class BadShapes(KgError):
    """Shapes, checks, rules or settings are wrong."""

    exit_code = 3


class NotFound(KgError):
    """Nothing here has that name."""

    status = 404
    exit_code = 2


class Gone(KgError):
    """There was such a thing; it is withdrawn, and no one thing took its place."""

    status = 410
    exit_code = 2


class NotAcceptable(KgError):
    """No offered format is acceptable to the client."""

    status = 406
    exit_code = 2


class UnsupportedMedia(KgError):
    """The request body has a media type we do not read."""

    status = 415
    exit_code = 2


class TooLarge(KgError):
    """The request body is over the limit."""

    status = 413
    exit_code = 2


class Refused(KgError):
    """Understood, and refused: federation, remote loading, writing."""

    status = 403
    exit_code = 2


class TooSlow(KgError):
    """The query was stopped at its time limit."""

    status = 503


class TooBusy(KgError):
    """Too many queries wait for a worker, in all or of this client."""

    status = 429


class Cancelled(KgError):
    """The query was stopped on request: its client's, or another's that knows its id."""

    status = 503


class WorkerDied(KgError):
    """The process that answered the query ended."""

    status = 503


class OutOfMemory(KgError):
    """The query wanted more memory than one query may have."""

    status = 507


class NotReady(KgError):
    """There is no built graph to answer from."""

    status = 503
    exit_code = 2


class Unreachable(KgError):
    """Another server does not answer, or not as SPARQL says."""

    status = 502


class CannotListen(KgError):
    """The address or port of the server cannot be bound."""

    exit_code = 2


class Unauthorized(KgError):
    """A write without a token."""

    status = 401


class Conflict(KgError):
    """The write does not fit what is there."""

    status = 409


class PreconditionFailed(KgError):
    """The graph is not as the client last saw it."""

    status = 412


class Invalid(KgError):
    """The write would break a shape; `details` has the results, `report` the SHACL report."""

    status = 422
    #: The report as N-Triples.
    report: bytes = b""


class CannotWrite(KgError):
    """The folder of a written graph cannot be used: locked, full, not ours."""

    exit_code = 2


class Internal(KgError):
    """An error that nobody foresaw."""
