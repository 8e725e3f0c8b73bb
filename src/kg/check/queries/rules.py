"""Name the rules of the stage of queries."""

from __future__ import annotations

__all__ = ["RULES"]

#: The rules of this stage: severity and what is wrong.
RULES = {
    "queries/no-summary": ("violation", "A query that does not say what it answers"),
    "queries/no-description": ("info", "A short summary without a description"),
    "queries/prefix-unused": ("info", "A prefix that is not used"),
    "queries/prefix-repeated": ("warning", "A prefix that is declared twice"),
    "queries/term-unknown": ("violation", "A term that ontology or vocabulary does not have"),
    "queries/concept-unknown": ("violation", "A concept that its scheme does not have"),
    "queries/node-unknown": ("warning", "A node that the data do not have"),
    "queries/variable-unbound": ("violation", "A variable that nothing binds"),
    "queries/variable-once": ("warning", "A variable used once that resembles another"),
    "queries/parameter-slot": ("violation", "A parameter without a place for its value"),
    "queries/parameter-unused": ("violation", "A parameter that changes nothing"),
    "queries/parameter-kind": ("violation", "A parameter of no kind, or a default of another"),
    "queries/parameter-undeclared": ("info", "A value that looks like a parameter"),
    "queries/parameter-description": ("info", "A parameter that does not say what it is"),
    "queries/no-order": ("warning", "A cut of rows that are in no order"),
    "queries/list-order": ("warning", "A list that is joined in no order"),
    "queries/product": ("warning", "Patterns that nothing joins"),
    "queries/service": ("violation", "A call of another server"),
    "queries/never-matches": ("warning", "A needed pattern that nothing matches"),
    "queries/maybe-never": ("info", "An optional pattern that nothing matches"),
    "queries/join-empty": ("warning", "Two patterns that never match together"),
    "queries/golden": ("violation", "An answer that is not the one kept"),
    "queries/golden-missing": ("info", "A query of which no answer is kept"),
    "queries/golden-stale": ("warning", "An answer kept of no query"),
}
