"""Say in plain words why two agreements were taken for one, or may be."""

from __future__ import annotations

from dataclasses import dataclass

from kg.vocab import local
from kg.web.language import told
from kg.web.names import Source, clean, sources
from kg.web.site import site
from kg.web.words import N_

__all__ = ["ALIKE", "UNLIKE", "Reason", "reason"]

#: What of the evidence of `kg match` speaks for one agreement; see `kg/identity/weights.csv`.
ALIKE = {
    "date: same day": N_("signed on the same day"),
    "date: three days": N_("signed within three days"),
    "date: same month": N_("signed in the same month"),
    "date: same year": N_("signed in the same year"),
    "date: turned": N_("dated alike but for day and month, which changed places"),
    "date: one part": N_("dated alike but for the year, the month or the day"),
    "parties: same": N_("by the same parties"),
    "parties: succession": N_("by the same parties or a successor"),
    "domain: same and seldom twice": N_("in a field in which two states seldom conclude twice"),
    "domain: same": N_("in the same field"),
    "domain: kin": N_("in related fields"),
    "domain: top": N_("in the same broad field"),
    "domain: friendship and alliance": N_("one called friendship, the other an alliance"),
    "title: alike": N_("with like titles"),
    "title: partly": N_("with titles that are partly alike"),
    "instrument: same": N_("the same kind of text"),
    "force: same day": N_("in force from the same day"),
    "key: same": N_("with the same number or page of a series"),
    "key: same on another day": N_("printed together, of different days"),
    "rivals: none": N_("nothing else comes as near"),
}
#: And what speaks against it.
UNLIKE = {
    "date: a month": N_("the days are weeks apart"),
    "date: a year": N_("the years differ"),
    "date: undated": N_("a date is missing, or the years are far apart"),
    "domain: vague": N_("one names no field but cooperation or politics"),
    "domain: other": N_("the fields differ"),
    "title: unlike": N_("the titles differ"),
    "instrument: differs": N_("the kinds of text differ"),
    "instrument: base and change": N_("one changes or adds to an agreement, the other does not"),
    "force: differs": N_("the entries into force differ"),
    "key: differs": N_("the numbers or pages of the series differ"),
    "rivals: one": N_("another agreement comes as near"),
    "rivals: more": N_("several others come as near"),
}


@dataclass(frozen=True)
class Reason:
    """Whose records were compared, what is alike and what is not; or what a person wrote."""

    said: tuple[tuple[Source, str], ...] = ()
    alike: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    text: str = ""

    def __bool__(self) -> bool:
        """Say whether there is one."""
        return bool(self.alike or self.unlike or self.text)


def reason(text: str) -> Reason:
    """Return a reason in the page's words, as far as `kg match` wrote it; else as it is."""
    names, colon, rest = text.rstrip(".").rpartition(": date: ")
    points = f"date: {rest}".split("; ")
    known = ALIKE | UNLIKE
    if not colon or not set(points) <= set(known):
        return Reason(text=clean(text))
    return Reason(
        _said(names),
        tuple(told(words) for key, words in ALIKE.items() if key in points),
        tuple(told(words) for key, words in UNLIKE.items() if key in points),
    )


def _said(names: str) -> tuple[tuple[Source, str], ...]:
    """Return the two sources with what they call the agreement: "KEY WORDS and KEY WORDS"."""
    known = site().graph.once("sources by key", _by_key)
    parts = names.split(" and ")
    for at in range(1, len(parts)):
        both = [" and ".join(side).partition(" ") for side in (parts[:at], parts[at:])]
        if all(key in known for key, _, _ in both):
            return tuple((known[key], clean(words)) for key, _, words in both)
    return ()


def _by_key() -> dict[str, Source]:
    return {local(iri): source for iri, source in sources().items()}
