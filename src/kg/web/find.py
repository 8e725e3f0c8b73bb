"""Find anything by words: a page with filters, the same as data, suggestions while typing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from kg.errors import BadParameter
from kg.vocab import BASE, local
from kg.web import catalogue
from kg.web.answers import wants_html
from kg.web.derived import Derived, derived
from kg.web.frame import frame
from kg.web.identifiers import matched
from kg.web.kept import keep
from kg.web.language import wanted
from kg.web.names import name
from kg.web.pages.facts import status_keys
from kg.web.pages.values import when
from kg.web.search import Entry, Hits, Index, words
from kg.web.site import Row, site
from kg.web.terms import page_of, short

__all__ = ["blueprint", "index"]

blueprint = Blueprint("find", __name__)
keep(blueprint)

#: Entries of one page, and suggestions of one answer.
SHOWN, SUGGESTED = 25, 8
#: Characters of a question that are looked at.
LONGEST = 500
#: Kind to what a page calls it, in the order of the filter.
KINDS = {
    "agreement": N_("agreement"),
    "state": N_("state"),
    "organisation": N_("organisation"),
    "party": N_("other party"),
    "concept": N_("concept"),
    "source": N_("source"),
    "term": N_("term of the ontology"),
}
#: Filter to the values that an entry has for it.
FILTERS: dict[str, Callable[[Entry], tuple[str, ...]]] = {
    "kind": lambda entry: (entry.kind,),
    "state": lambda entry: tuple(local(iri) for iri in entry.states),
    "decade": lambda entry: (entry.signed[:3] + "0",) if entry.signed else (),
}
CANDIDATES = """SELECT ?claim ?iri ?rank ?reason ?verdict WHERE {
  VALUES ?claim { %s }
  ?match mq:claim ?claim ; mq:candidate ?iri .
  OPTIONAL { ?match mq:rank ?rank } OPTIONAL { ?match mq:reason ?reason }
  OPTIONAL { ?match mq:verdict ?verdict } } ORDER BY ?claim ?rank ?iri"""


@blueprint.record_once
def _keep(state: object) -> None:
    state.app.extensions["kg.index"] = Derived(catalogue.index)  # type: ignore[attr-defined]


def index() -> Index:
    """Return the index of the graph that serves now."""
    return cast(Index, derived("index"))


@blueprint.get("/find")
@blueprint.get("/find.json", endpoint="data")
def find() -> Response | str:
    """Find by words; an alleged agreement comes with its candidates."""
    question = request.args.get("q", "").strip()[:LONGEST]
    chosen = {name: request.args.get(name, "").strip() for name in FILTERS}
    hits = index().find(question) if question else Hits(())
    fitting = [entry for entry in hits.entries if _fits(entry, chosen)]
    pages = max(1, -(-len(fitting) // SHOWN))
    number = _number(pages)
    shown = fitting[(number - 1) * SHOWN : number * SHOWN]
    asked = words(hits.identifier or question)
    found = [
        one | {"matched": matched(entry.codes[1:], asked)}
        for entry, one in zip(shown, _described(shown), strict=True)
    ]
    told: dict[str, object] = {
        "query": question,
        "exact": hits.exact,
        "read_as": hits.read_as,
        "identifier": hits.identifier,
        "count": len(fitting),
        "page": number,
        "pages": pages,
        "filters": {name: _counts(hits.entries, name, chosen) for name in FILTERS},
    }
    if request.path.endswith(".json") or not wants_html():
        return jsonify(**told, results=found)
    parties = {iri for entry in hits.entries for iri in entry.states}
    known = index().by_iri
    return render_template(
        "find.html",
        **told,
        found=[_dressed(one) for one in found],
        chosen=chosen,
        kinds=KINDS,
        state_names={local(iri): known[iri].label(wanted()) for iri in parties if iri in known},
        address=_address,
    )


@blueprint.get("/suggest")
def suggest() -> Response:
    """Suggest what the words begin to name, for a field that completes as one types."""
    kind = request.args.get("kind", "")
    if kind and kind not in KINDS:
        raise _unknown("kind", kind, KINDS)
    question = request.args.get("q", "")[:LONGEST]
    most = 5 * SUGGESTED if kind else SUGGESTED
    found = [one for one in index().suggest(question, most=most) if not kind or one.kind == kind]
    return jsonify([_suggestion(entry) for entry in found[:SUGGESTED]])


def _suggestion(entry: Entry) -> dict[str, str | None]:
    return {
        "label": entry.label(wanted()),
        "kind": entry.kind,
        "what": _about(entry),
        "page": page_of(entry.iri) or entry.iri,
        "iri": entry.iri,
        "short": short(entry.iri),
    }


def _about(entry: Entry) -> str:
    """Return what tells an entry from others of its name."""
    if entry.kind != "agreement":
        return str(KINDS[entry.kind])
    if entry.evidence == "alleged":
        return str(_("alleged"))
    return entry.signed or str(_("no date known"))


def _fits(entry: Entry, chosen: Mapping[str, str], but: str = "") -> bool:
    return all(
        value in FILTERS[name](entry) for name, value in chosen.items() if value and name != but
    )


def _counts(entries: tuple[Entry, ...], name: str, chosen: Mapping[str, str]) -> dict[str, int]:
    """Return how many entries each value of a filter would leave beside the other filters."""
    values = FILTERS[name]
    if any(value for other, value in chosen.items() if other != name):
        entries = tuple(entry for entry in entries if _fits(entry, chosen, name))
    found = Counter(value for entry in entries for value in values(entry))
    if name == "decade":
        return dict(sorted(found.items()))
    return dict(found.most_common())


def _number(pages: int) -> int:
    value = request.args.get("page", "").strip() or "1"
    if not (value.isascii() and value.isdigit() and len(value) < 7 and int(value) > 0):
        raise BadParameter(f"page = {value!r}: not a whole number from 1")
    return min(int(value), pages)


def _unknown(name: str, value: str, known: Mapping[str, object]) -> BadParameter:
    return BadParameter(f"{name} = {value!r}: not one of {', '.join(known)}")


def _address(**changes: object) -> str:
    """Return the address of this page with other values; an empty one leaves its name out."""
    values = {**request.args, "page": "", **changes}
    kept = {key: str(one) for key, one in values.items() if one}
    return f"{url_for('find.find')}?{urlencode(kept)}"


def _described(entries: list[Entry]) -> list[dict[str, Any]]:
    """Return label, date and evidence of each entry, and the candidates of the claims."""
    claims = [entry.iri for entry in entries if entry.claimed]
    rows = _candidates(claims) if claims else []
    known = index().by_iri
    named = [known[iri] for row in rows if (iri := row["iri"]["value"]) in known]
    then = _statuses([*entries, *named])
    found: list[dict[str, Any]] = []
    for entry in entries:
        mine = [row for row in rows if row["claim"]["value"] == entry.iri]
        candidates = [
            _entry(known[row["iri"]["value"]], then) | _match(row)
            for row in mine
            if row["iri"]["value"] in known
        ]
        found.append(_entry(entry, then) | {"candidates": candidates})
    return found


def _dressed(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with its date and status as a page writes them."""
    status = f"{BASE}scheme/status/{entry['status']}" if entry["status"] else ""
    return entry | {
        "when": when(entry["signed"]),
        # The index knows the status of the day of the data, of no other.
        "status_name": name(status) if status and not frame().chosen else None,
        "candidates": [_dressed(one) for one in entry.get("candidates", ())],
    }


def _candidates(claims: list[str]) -> list[Row]:
    return site().graph.select(CANDIDATES % " ".join(f"<{iri}>" for iri in claims))


def _statuses(entries: list[Entry]) -> dict[str, str]:
    """Return the statuses on the day that the reader chose; the index has those of the build."""
    iris = list(dict.fromkeys(one.iri for one in entries if one.kind == "agreement"))
    if not frame().chosen or not iris:
        return {}
    keys = status_keys(iris, frame().day)
    return {iri: keys.get(iri, "not-yet-signed") for iri in iris}


def _entry(entry: Entry, statuses: Mapping[str, str]) -> dict[str, object]:
    return {
        "iri": entry.iri,
        "page": page_of(entry.iri) or entry.iri,
        "kind": entry.kind,
        "label": entry.label(wanted()),
        "language": next((lang for lang in (wanted(), "en") if lang in entry.names), ""),
        "signed": entry.signed,
        "evidence": entry.evidence,
        "status": statuses.get(entry.iri, entry.status),
    }


def _match(row: Row) -> dict[str, object]:
    found = {key: row[key]["value"] if key in row else "" for key in ("rank", "reason", "verdict")}
    return {**found, "verdict": local(found["verdict"])}
