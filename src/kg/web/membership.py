"""Whether one was a member on a day: the one answer that every page gives."""

from __future__ import annotations

__all__ = ["MEMBER_ROLES", "held"]

#: Roles that make a member; observers and the invited are none.
MEMBER_ROLES = ("member", "founder")


def held(since: str, until: str, day: str) -> bool:
    """Say whether a spell of membership holds on a day; a year is taken from its start to its end.

    A spell without an end holds on: that its source stops before the day is told beside it,
    as the day of the last attestation, and is no end.
    """
    begun = not since or day[: len(since)] >= since
    return begun and (not until or day[: len(until)] < until)
