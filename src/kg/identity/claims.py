"""Read records as claims: what each source says of an agreement, ready to be compared."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from kg.vocab import BASE, MQ, local

__all__ = ["Claim", "Date", "Fields", "lineage", "read_claims", "swiss_page"]

LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
#: A state and those that it continues are one for blocking; whether they are one party is judged.
LINEAGE = {
    "SUN": "RUS",
    "RUE": "RUS",
    "OTT": "TUR",
    "YAR": "YEM",
    "UAR": "EGY",
    "DEK": "DEU",
    "SVK": "CSK",
    "CZE": "CSK",
    "SCG": "SRB",
    "YUG": "SRB",
    "AUH": "AUT",
}
PLAIN = {
    "source": "source",
    "describes": "agreement",
    "signedOn": "signed",
    "inForceFrom": "force",
    "inForceUntil": "until",
    "instrument": "instrument",
    "locator": "locator",
}
#: Sources whose titles are ours, and made of what each row says of its subject.
HEADNOTED = {"wti"}
KEYS = {"treatySeries", "untsNumber", "cowAllianceId", "unctadId"}
#: Source to where its locator has year and French page in the official series of Switzerland:
#: the register gives the pages of three languages, the World Treaty Index that of one.
SWISS = {
    "ch": re.compile(r"^(?P<year>(?:19|20)\d\d)-\d+_(?P<page>\d+)_\d+\b"),
    "wti": re.compile(r"\bSWRO (?P<year>(?:19)?\d\d):(?P<page>\d+)$"),
}


@dataclass(frozen=True)
class Date:
    """A date as precise as its source, and its first and last day."""

    text: str
    first: datetime.date
    last: datetime.date

    @classmethod
    def of(cls, text: str) -> Date | None:
        """Return the date of `2001`, `2001-05` or `2001-05-04`; None for ""."""
        if not text:
            return None
        first = datetime.date.fromisoformat(text + "0000-01-01"[len(text) :])
        month = 12 if len(text) == 4 else first.month
        following = datetime.date(first.year + month // 12, month % 12 + 1, 1)
        last = first if len(text) == 10 else following - datetime.timedelta(days=1)
        return cls(text, first, last)


@dataclass
class Claim:
    """What one record says, in the terms that identity is judged by."""

    record: str
    source: str = ""
    agreement: str = ""
    parties: frozenset[str] = frozenset()
    signed: str = ""
    force: str = ""
    until: str = ""
    instrument: str = "unknown"
    locator: str = ""
    title: str = ""
    language: str = ""
    domains: frozenset[str] = frozenset()
    keys: frozenset[tuple[str, str]] = frozenset()
    words: frozenset[str] = frozenset()
    #: Said by a page that people read one by one, not by a dataset or register.
    curated: bool = False

    @property
    def block(self) -> frozenset[str]:
        """The parties without regard to succession: only claims of one block are compared."""
        return frozenset(map(lineage, self.parties))


def lineage(state: str) -> str:
    """Return the state that a state is taken for when claims are brought together."""
    return LINEAGE.get(state, state)


class Fields:
    """The tree of fields of cooperation."""

    def __init__(self, store: Store) -> None:
        """Read the scheme `domain` of a loaded graph."""
        broader = NamedNode("http://www.w3.org/2004/02/skos/core#broader")
        self._up = {
            local(str(q.subject.value)): local(str(q.object.value))  # type: ignore[union-attr]
            for q in store.quads_for_pattern(None, broader, None, None)
            if "/scheme/domain/" in str(q.subject)
        }

    def path(self, field_: str) -> list[str]:
        """Return a field and what is above it, up to the top."""
        path = [field_]
        while path[-1] in self._up:
            path.append(self._up[path[-1]])
        return path


def read_claims(store: Store) -> list[Claim]:
    """Return the claim of each record of a loaded graph, in order of record.

    A source that states what it covers is a dataset or register; any other is a cited page.
    """
    datasets = {
        local(str(quad.subject.value))  # type: ignore[union-attr]
        for quad in store.quads_for_pattern(None, NamedNode(MQ + "covers"), None, None)
    }
    rows = store.query(
        f"SELECT ?r ?p ?o WHERE {{ GRAPH ?g {{ ?r a <{MQ}Record> ; ?p ?o }} }}",
    )
    assert isinstance(rows, QuerySolutions)
    said: dict[str, dict[str, list[NamedNode | Literal]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        said[row["r"].value][local(row["p"].value)].append(row["o"])
    names = _names(store)
    claims = [_claim(record, values, names) for record, values in sorted(said.items())]
    for claim in claims:
        claim.curated = claim.source not in datasets
    return claims


def _claim(
    record: str, values: dict[str, list[NamedNode | Literal]], names: Collection[str]
) -> Claim:
    plain = {
        name: (value.value if name == "describes" else local(value.value))
        for name, (value, *_) in values.items()
        if name in PLAIN
    }
    claim = Claim(record)
    for name, value in plain.items():
        setattr(claim, PLAIN[name], value)
    claim.locator = values["locator"][0].value if values.get("locator") else ""
    claim.parties = frozenset(local(one.value) for one in values.get("party", ()))
    claim.domains = frozenset(local(one.value) for one in values.get("domain", ()))
    claim.keys = frozenset(
        (name, one.value) for name in KEYS & values.keys() for one in values[name]
    )
    if page := swiss_page(claim.source, claim.locator):
        claim.keys |= {("swissSeries", page)}
    own = "titleGenerated" not in values or claim.source in HEADNOTED
    if own and values.get("title"):
        title = values["title"][0]
        claim.title = title.value
        claim.language = getattr(title, "language", "") or ""
        claim.words = content_words(claim.title, names)
    claim.agreement = claim.agreement.removeprefix(BASE + "id/agreement/")
    return claim


def swiss_page(source: str, locator: str) -> str:
    """Return year and page of the Swiss series that a locator names, as `1965:756`; else ""."""
    found = SWISS[source].search(locator) if source in SWISS else None
    if found is None:
        return ""
    year = int(found["year"]) + (1900 if len(found["year"]) == 2 else 0)
    return f"{year}:{found['page']}"


def content_words(title: str, names: Collection[str] = ()) -> frozenset[str]:
    """Return the words of a title that tell it from others: not those of form, party or date."""
    said = set(_words(title)) - STOP - set(names)
    return frozenset(word[:STEM] for word in said)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    return re.findall(r"[^\W\d_]{3,}", plain)


def _names(store: Store) -> frozenset[str]:
    """Return the words of the English names of states."""
    rows = store.query(
        f"SELECT ?name {{ ?state a <{MQ}State> ; <{LABEL}> ?name FILTER(LANG(?name) = 'en') }}"
    )
    assert isinstance(rows, QuerySolutions)
    return frozenset(word for row in rows for word in _words(row["name"].value))


#: Words are compared by so many first letters: "cultural" and "culture" are one.
STEM = 6
STOP = frozenset(
    """the and for with from into its his her their between concerning regarding respecting
    relating relative about upon under other certain agreement agreements treaty convention
    protocol exchange notes note letters constituting memorandum understanding arrangement accord
    pact declaration joint additional supplementary amending amendment amend government
    governments royal kingdom republic state states islamic democratic people peoples arab united
    union federal federation socialist soviet his her majesty britannic king queen sultan sheikh
    shaikh ruler northern ireland great britain ministry minister general field matters mutual
    cooperation co-operation operation bilateral signed done with respect regard
    january february march april may june july august september october november december
    modifying extending extension renewal renewing further new""".split()  # noqa: SIM905
)
