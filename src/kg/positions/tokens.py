"""Cut Turtle into tokens by one expression (Turtle 1.1 section 6.5)."""

from __future__ import annotations

import re

__all__ = [
    "BAD",
    "DECLARED",
    "DIRECTIVE",
    "END",
    "LITERAL",
    "PUNCTUATION",
    "TERM",
    "TOKEN",
    "WORD",
]

#: Number of the group that has matched: which kind of token it is.
TERM, PUNCTUATION, DIRECTIVE, WORD, END, BAD = range(1, 7)

_START = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_CHARS = _START + "_0-9\u00b7\u0300-\u036f\u203f-\u2040\\-"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_GAP = r"(?:[ \t\r\n]++|#[^\r\n]*+)*+"
_IRI = r"<(?:[^\x00-\x20<>\"{}|^`\\]++|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>"
_NAMESPACE = rf"(?:[{_START}][{_CHARS}]*+(?:\.++[{_CHARS}]++)*+)?+:"
_LOCAL = (
    rf"(?:[{_START}_0-9:]|{_PLX})(?:[{_CHARS}:]++|{_PLX})*+"
    rf"(?:\.++(?:[{_CHARS}:]++|{_PLX})++)*+"
)
_NAME = rf"{_NAMESPACE}(?:{_LOCAL})?+"
_LABEL = rf"_:[{_START}_0-9][{_CHARS}]*+(?:\.++[{_CHARS}]++)*+"
_STRING = (
    r'(?:"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"""'
    r"|'''(?:[^'\\]++|\\.|'{1,2}(?!'))*+'''"
    r'|"(?!"")(?:[^"\\\r\n]++|\\.)*+"'
    r"|'(?!'')(?:[^'\\\r\n]++|\\.)*+')"
)
_LANGUAGE = r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+"
_LITERAL = rf"{_STRING}(?:{_GAP}(?:{_LANGUAGE}|\^\^{_GAP}(?:{_IRI}|{_NAME})))?+"
_NUMBER = r"[+-]?(?:(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)[eE][+-]?[0-9]++|[0-9]*+\.[0-9]++|[0-9]++)"
#: A blank node and a list that hold nothing are terms of their own.
_HOLLOW = rf"\[{_GAP}\]|\({_GAP}\)"
_DIRECTIVE = (
    rf"@prefix(?![A-Za-z\-]){_GAP}{_NAMESPACE}{_GAP}{_IRI}{_GAP}\.|@base{_GAP}{_IRI}{_GAP}\."
    rf"|(?i:prefix)(?=[ \t\r\n#]){_GAP}{_NAMESPACE}{_GAP}{_IRI}|(?i:base){_GAP}{_IRI}"
)

TOKEN = re.compile(
    rf"{_GAP}(?:({_NAME}|{_LITERAL}|{_IRI}|{_NUMBER}|{_LABEL}|{_HOLLOW})"
    rf"|([.;,()\[\]{{}}])|({_DIRECTIVE})|([A-Za-z]++)|(\Z)|(.))",
    re.DOTALL,
)
#: The prefix (none for a base) and the IRI that a directive declares.
DECLARED = re.compile(
    rf"@?(?i:prefix|base){_GAP}(?P<prefix>{_NAMESPACE})?+{_GAP}(?P<iri>{_IRI})", re.DOTALL
)
#: The string of a literal, and its language or datatype.
LITERAL = re.compile(
    rf"(?P<string>{_STRING}){_GAP}"
    rf"(?:@(?P<language>[A-Za-z0-9\-]++)|\^\^{_GAP}(?P<datatype>.++))?+",
    re.DOTALL,
)
