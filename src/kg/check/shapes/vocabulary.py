"""List the terms of SHACL, by the part they play."""

from __future__ import annotations

from rdflib import URIRef
from rdflib.term import Node

__all__ = [
    "CONSTRAINTS",
    "KINDS",
    "LISTS",
    "ONCE",
    "SHACL",
    "SHAPE_LINKS",
    "TARGETS",
    "TERMS",
    "sh",
]

SHACL = "http://www.w3.org/ns/shacl#"


def _names(text: str) -> list[str]:
    return text.split()


#: Where a shape says what it is for (SHACL section 2.1.3; the last of SHACL-AF section 3).
TARGETS = _names("targetClass targetNode targetObjectsOf targetSubjectsOf target")

#: Parameters of the constraint components of SHACL Core (section 4) and SHACL-SPARQL.
CONSTRAINTS = _names(
    "class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive "
    "maxInclusive minLength maxLength pattern languageIn uniqueLang equals disjoint lessThan "
    "lessThanOrEquals not and or xone node property qualifiedValueShape closed hasValue in "
    "sparql js expression"
)

#: Parameters whose value is a list (sections 2.3.1.2 and 4).
LISTS = _names("in and or xone languageIn ignoredProperties alternativePath")

#: What leads from one shape to another.
SHAPE_LINKS = _names("node property qualifiedValueShape not and or xone filterShape")

#: What a shape has at most once (sections 2.1, 2.3 and 4).
ONCE = _names(
    "path datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive "
    "maxInclusive minLength maxLength pattern flags languageIn uniqueLang in closed "
    "ignoredProperties qualifiedValueShape qualifiedMinCount qualifiedMaxCount "
    "qualifiedValueShapesDisjoint severity deactivated"
)

#: Parameter to the kind of value it takes (section 4).
KINDS = {
    **dict.fromkeys(
        _names("minCount maxCount minLength maxLength qualifiedMinCount qualifiedMaxCount"),
        "count",
    ),
    **dict.fromkeys(
        _names("uniqueLang closed deactivated qualifiedValueShapesDisjoint"), "boolean"
    ),
    **dict.fromkeys(_names("pattern flags"), "text"),
    **dict.fromkeys(
        _names(
            "class datatype targetClass targetObjectsOf targetSubjectsOf equals disjoint "
            "lessThan lessThanOrEquals severity"
        ),
        "IRI",
    ),
    "nodeKind": "node kind",
}

#: Classes and individuals of the vocabulary.
_CLASSES = _names(
    "AbstractResult BlankNode BlankNodeOrIRI BlankNodeOrLiteral ConstraintComponent Function IRI "
    "IRIOrLiteral Info JSConstraint JSExecutable JSFunction JSLibrary JSRule JSTarget "
    "JSTargetType "
    "JSValidator Literal NodeKind NodeShape Parameter Parameterizable PrefixDeclaration "
    "PropertyGroup PropertyShape ResultAnnotation Rule SPARQLAskExecutable SPARQLAskValidator "
    "SPARQLConstraint SPARQLConstructExecutable SPARQLExecutable SPARQLFunction SPARQLRule "
    "SPARQLSelectExecutable SPARQLSelectValidator SPARQLTarget SPARQLTargetType "
    "SPARQLUpdateExecutable Severity Shape Target TargetType TripleRule ValidationReport "
    "ValidationResult Validator Violation Warning"
)

_COMPONENTS = _names(
    "And Class Closed Datatype Disjoint Equals Expression HasValue In JS LanguageIn LessThan "
    "LessThanOrEquals MaxCount MaxExclusive MaxInclusive MaxLength MinCount MinExclusive "
    "MinInclusive MinLength Node NodeKind Not Or Pattern Property QualifiedMaxCount "
    "QualifiedMinCount SPARQL UniqueLang Xone"
)

#: Other properties: shapes, paths, SPARQL, rules, node expressions, reports.
_PROPERTIES = _names(
    "alternativePath annotationProperty annotationValue annotationVarName ask condition conforms "
    "construct deactivated declare defaultValue description detail entailment filterShape flags "
    "focusNode group ignoredProperties intersection inversePath jsFunctionName jsLibrary "
    "jsLibraryURL labelTemplate message name namespace nodeValidator nodes object oneOrMorePath "
    "optional order parameter path predicate prefix prefixes propertyValidator qualifiedMaxCount "
    "qualifiedMinCount qualifiedValueShapesDisjoint result resultAnnotation resultMessage "
    "resultPath resultSeverity returnType rule select severity shapesGraph shapesGraphWellFormed "
    "sourceConstraint sourceConstraintComponent sourceShape subject suggestedShapesGraph this "
    "union update validator value values zeroOrMorePath zeroOrOnePath"
)

#: Every local name of SHACL (Recommendation of 2017), SHACL-AF and SHACL-JS.
TERMS = frozenset(
    [
        *TARGETS,
        *CONSTRAINTS,
        *_CLASSES,
        *_PROPERTIES,
        *(f"{name}ConstraintComponent" for name in _COMPONENTS),
    ]
)


def sh(name: str) -> URIRef:
    """Return a term of SHACL by its local name."""
    return URIRef(SHACL + name)


def is_unknown(term: Node) -> bool:
    """Say whether a term is in SHACL's namespace and none of its terms."""
    name = str(term).removeprefix(SHACL)
    return isinstance(term, URIRef) and str(term) != name and name not in TERMS
