"""Say when a worker has made too much of the shared memory its own.

The store counts its readers in the pages that it keeps its terms in, so reading copies them. A new
worker shares all of them again.
"""

from __future__ import annotations

import resource

__all__ = ["faults", "worn"]

#: Bytes of shared memory that a worker may have copied before another takes its place.
WORN = 64 * 1024 * 1024


def faults() -> int:
    """Return how many pages this process has touched first, or copied."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def worn(begun: int) -> bool:
    """Say whether it is time for another, `begun` being the faults at the beginning."""
    return (faults() - begun) * resource.getpagesize() > WORN
