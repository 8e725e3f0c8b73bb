"""The rules of `ontology/rules` that a status follows from, for readers of each language."""

from __future__ import annotations

from kg.web.language import told
from kg.web.words import N_

__all__ = ["CODED", "RULES", "rule"]

#: What a rule adds where a dataset codes the beginning.
CODED = N_("the beginning is a dataset's coding, not a legal entry into force")
STOPPED = N_(
    "suspended, declared void or dropped by a party, as a source says; lawfulness is not judged"
)
#: All others; a test holds them to the rules themselves.
RULES = (
    N_("only alleged: no source shows that it exists under this name"),
    N_("political text: adopted on signature, without legal force"),
    N_("signed; the known entry into force is later"),
    N_("applied provisionally; not yet known to have entered into force"),
    N_("entry into force known by month or year only; the day falls inside it"),
    N_("signed; no source says whether it had entered into force by this day"),
    N_("between its beginning and its end as sources give them"),
    N_("within its stated term, and no source ends it"),
    N_("attested by a source up to the end of this spell"),
    N_("entered into force on this day"),
    N_("its stated term has run out and no source says whether it was renewed"),
    N_("attested earlier; no source says anything of this day"),
    N_("end known by month or year only; the day falls inside it"),
    N_("ended, as a source says"),
    STOPPED,
)


def rule(text: str) -> str:
    """Return a rule in the page's language; one that is not ours as it is."""
    first, semicolon, _ = text.partition(f"; {CODED}")
    return f"{told(first)}; {told(CODED)}" if semicolon else told(first)
