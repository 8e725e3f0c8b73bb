"""Whatever is sent, the answer is one of ours: no 500, no trace of code, in time, none the worse.

A few examples of each kind are sent with every run of the tests; `make fuzz` sends many.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from string import ascii_letters, printable
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from kg.queries import SavedQuery, load
from kg.settings import Settings
from tests.conftest import ROOT
from tests.live import PATIENCE, TOKEN, Reply, alive, exchange, send, writing
from tests.serving import Running

SAVED = load(ROOT / "queries")
SUFFIXES = ("json", "csv", "tsv", "xml", "html", "rq", "ndjson", "ttl", "nonsense", "")
STATUSES = {200, 301, 303, 304, 400, 403, 404, 405, 406, 408, 411, 413, 414, 415, 422, 429, 431}
#: Where one may write: made, without a token, not fitting what is there, not as it was.
STATUSES |= {201, 204, 401, 409, 412}
#: Stopped at the time limit, ended for want of memory or stack, not there.
STOPPED = {501, 503, 505, 507}

settings.register_profile(
    "few",
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile("many", settings.get_profile("few"), max_examples=250)
settings.load_profile(os.environ.get("FUZZ", "few"))


@pytest.fixture(scope="module")
def writer(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with writing(built, tmp_path_factory.mktemp("writer")) as server:
        yield server


@pytest.fixture(autouse=True)
def survives(live: Running) -> Iterator[None]:
    """Have the server answer as before after each of these tests."""
    yield
    assert alive(live)


def ours(reply: Reply) -> Reply:
    """Have a status that we give on purpose, and nothing of the code in the answer."""
    assert reply.status in STATUSES | STOPPED, (reply.status, reply.body[:500])
    for trace in (b"Traceback", b'File "', b"werkzeug", b"site-packages", b"panicked at"):
        assert trace not in reply.body
    if reply.body and reply.status >= 400 and reply.media.endswith("json"):
        assert reply.json()["status"] == reply.status
    return reply


# Parameters of saved queries

VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            *("PAK", "pak", "TUR", "XXX", "2025-02-13", "2025-02-30", "0000-00-00", "-1", "1e9"),
            *("defence", "PAK-SAU-2025-09-17", "https://w3id.org/mithaq/id/state/PAK", "true"),
            *('" } DROP ALL #', "> <x", "\\u0022", "\x00", "\ud7ff", "٣", "９", "NaN", "\r\n"),
            *("{}", "%s", "%00", "../../etc/passwd", "<script>", "'", "9" * 400, "a" * 3000),
        ]
    ),
    st.integers().map(str),
    st.dates().map(str),
)
NAMES = st.one_of(
    st.sampled_from(["limit", "offset", "format", "state", "x", ""]), st.text(max_size=9)
)


@pytest.mark.parametrize("name", sorted(SAVED))
@given(data=st.data())
def test_any_value_of_a_parameter_is_answered(name: str, data: st.DataObject, live: Running):
    names = [param.name for param in SAVED[name].params]
    pairs = [(one, data.draw(VALUES, label=one)) for one in names if data.draw(st.booleans())]
    if data.draw(st.integers(0, 3)) == 0:
        pairs.append((data.draw(NAMES), data.draw(VALUES)))
    suffix = data.draw(st.sampled_from(SUFFIXES))
    path = f"/queries/{name}" + (f".{suffix}" if suffix else "")
    pairs = [(one.encode("utf-8", "replace"), v.encode("utf-8", "replace")) for one, v in pairs]
    reply = ours(send(live, "GET", path, parameters=pairs))  # type: ignore[arg-type]
    assert reply.status in {200, 404, 406, 422, 503}, reply.text


@pytest.mark.parametrize("name", sorted(SAVED))
def test_a_value_never_becomes_a_part_of_the_query(name: str, live: Running):
    """A value that would close its block, were it text, is a value that nothing has."""
    saved: SavedQuery = SAVED[name]
    for param in saved.params:
        for evil in ('x" } } # ', "x> } } # ", "PAK } ?s ?p ?o { ?a"):
            reply = ours(send(live, "GET", f"/queries/{name}.json", parameters={param.name: evil}))
            assert reply.status in (200, 422)
            if reply.status == 200:
                assert param.kind == "text"


# The endpoint

WORDS = st.sampled_from(
    [
        *(
            "SELECT",
            "ASK",
            "CONSTRUCT",
            "DESCRIBE",
            "WHERE",
            "FILTER",
            "OPTIONAL",
            "UNION",
            "MINUS",
        ),
        *("GRAPH", "VALUES", "BIND", "AS", "GROUP BY", "ORDER BY", "LIMIT", "OFFSET", "HAVING"),
        *("EXISTS", "NOT EXISTS", "COUNT(*)", "(1 AS ?x)", "PREFIX x: <http://x/>", "BASE <x>"),
        *("?s", "?p", "?o", "*", "{", "}", "(", ")", "[", "]", ".", ";", ",", "a", "mq:State"),
        *("<http://x>", "<", ">", '"a"', '"a"@en', "'", '"""', "1", "1.5e3", "true", "_:b", "#"),
        *("mq:party/mq:name", "^a", "(a|!a)*", "<<( ?s a ?o )>>", "STR(?s)", "REGEX(?s, '(')"),
        *("\\u0041", "\n", "é", "𝔸", "FROM <http://x>", "FROM NAMED <x>", "SEPARATOR", "LATERAL"),
    ]
)
QUERIES = st.one_of(
    st.lists(WORDS, max_size=25).map(" ".join),
    st.lists(WORDS, max_size=12).map(lambda words: f"SELECT * {{ {' '.join(words)} }}"),
    st.text(max_size=80),
)
ACCEPTS = st.one_of(
    st.sampled_from(
        [
            *("", "*/*", "text/html", "text/csv", "application/json", "image/png", "text/turtle"),
            *("application/sparql-results+json;q=2", "text/csv;q=nan, */*;q=-1", "a/b/c", ";;;"),
            *('text/*;q=0.1,application/ld+json;profile="x"', "," * 200, "*", "q=1"),
        ]
    ),
    st.text(ascii_letters + '/*;=,.+0123456789 "', max_size=60),
)


@given(query=QUERIES, accept=ACCEPTS, other=st.booleans(), post=st.booleans())
@example(
    query="SELECT (REGEX('aaaaaaaaaaaaaaaaaaaaaaaaa', '(a*)*b') AS ?x) {}",
    accept="",
    other=False,
    post=False,
)
def test_any_query_is_answered(query: str, accept: str, other: bool, post: bool, live: Running):
    pairs = {"query": query.encode("utf-8", "replace")} | ({"other": b"1"} if other else {})
    headers = {"Accept": accept}
    if post:
        ours(send(live, "POST", "/sparql", form=pairs, headers=headers))  # type: ignore[arg-type]
    else:
        ours(send(live, "GET", "/sparql", parameters=pairs, headers=headers))  # type: ignore[arg-type]


#: Triples that some formats have no place for, or write with care.
TRIPLES = {
    "predicate of digits": "<http://x/s> <http://x/1> 1",
    "predicate without a name": "<http://x/s> <http://x/> 1",
    "urn": "<urn:x> <urn:p:1> <urn:o>",
    "triple term": "<http://x/s> <http://x/p> <<( <http://x/a> <http://x/b> 1 )>>",
    "direction": '<http://x/s> <http://x/p> "a"@en--ltr',
    "control characters": r'<http://x/s> <http://x/p> "\u0001\u0000\u0008\uFFFE]]>&<"',
    "name that RDF/XML keeps": "<http://x/s> rdf:li 1",
    "name that JSON-LD keeps": '<http://x/s> <http://x/@id> "@id"',
    "type that is text": '<http://x/s> rdf:type "text"',
    "number that is none": '<http://x/s> <http://x/p> "NaN"^^xsd:integer',
    "list": "<http://x/s> <http://x/p> (1 (2) [])",
    "letters of the world": '<http://x/é> <http://x/مرحبا> "𝔸\\r\\n\\t\\"é,"',
}


@pytest.mark.parametrize("name", TRIPLES)
def test_any_term_is_written_in_any_format_or_refused(name: str, live: Running):
    """By a fast worker and by a slow one alike."""
    construct = f"CONSTRUCT {{ {TRIPLES[name]} }} WHERE {{}}"
    term = TRIPLES[name].split(" ", 2)[2]
    select = "ASK {}" if name == "list" else f"SELECT ?x {{ VALUES ?x {{ {term} }} }}"
    graphs = [(construct, form) for form in ("ttl", "jsonld", "nt", "rdf", "trig", "nq", "html")]
    rows = [(select, form) for form in ("json", "xml", "csv", "tsv", "ndjson", "html")]
    for query, form in graphs + rows:
        pairs = {"query": query, "format": form}
        replies = [
            send(live, "GET", "/sparql", parameters=pairs | more) for more in ({}, {"o": "1"})
        ]
        assert replies[0].status in (200, 406), replies[0].text
        assert ours(replies[0]).status == ours(replies[1]).status
        if replies[0].status == 200 and form in PARSED:
            assert list(parse(replies[0].body, format=PARSED[form]))


PARSED = {
    "ttl": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
    "trig": RdfFormat.TRIG,
    "nq": RdfFormat.N_QUADS,
}


MEDIA = st.one_of(
    st.sampled_from(
        [
            *(
                "application/sparql-query",
                "application/sparql-update",
                "text/turtle",
                "text/plain",
            ),
            *("application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "", "/"),
            *("multipart/form-data", "application/rdf+xml", "application/ld+json", "a" * 500),
            *("application/sparql-query; charset=utf-16", "application/n-quads; charset=nonsense"),
            *("multipart/form-data; boundary=" + "b" * 200, "application/x-www-form-urlencoded;"),
        ]
    ),
    st.text(ascii_letters + '/;=-+. "', max_size=40),
)
CODINGS = st.sampled_from(
    ["", "gzip", "br", "zstd", "identity", "gzip, br", "x", "*;q=0", "gzip;q=a"]
)
METHODS = st.sampled_from(
    ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW", "get"]
)
PATHS = st.sampled_from(
    [
        *(
            "/sparql",
            "/sparql/",
            "/store",
            "/store?default",
            "/store?graph=http://x/g",
            "/",
            "/find",
        ),
        *(
            "/store?graph=",
            "/store?graph=x",
            "/store/x",
            "/store?default&graph=http://x",
            "/openapi.json",
        ),
        *("/queries/", "/queries/x.json", "/queries/.rq", "/queries/..", "/id/", "/id/state/PAK"),
        *("/page/state/%ff", "/data/state/PAK.ttl", "/data/.ttl", "/data/%00.ttl", "/id/%3E%20x"),
        *("/scheme/x", "/void.ttl", "/ns?format=x", "/healthz", "/metrics", "/queries/running/x"),
        *(
            "/static/../../etc/passwd",
            "/static/%2e%2e/%2e%2e/pyproject.toml",
            "//x",
            "/sparql?%ff=%fe",
        ),
        *("/find?q=%00", "/find?q=%ff", "/sparql?query=%ff", "/sparql?query=ASK%20{}&format=%00"),
        "/sparql?" + "&" * 500,
    ]
)


@given(
    body=st.binary(max_size=400),
    media=MEDIA,
    method=METHODS,
    path=PATHS,
    accept=ACCEPTS,
    coding=CODINGS,
)
def test_any_bytes_of_any_type_are_answered(
    body: bytes, media: str, method: str, path: str, accept: str, coding: str, live: Running
):
    headers = {"Content-Type": media, "Accept": accept, "Accept-Encoding": coding}
    ours(send(live, method, path, body=body, headers=headers))


@given(
    body=st.one_of(
        st.binary(max_size=400), QUERIES.map(lambda text: text.encode("utf-8", "replace"))
    ),
    media=MEDIA,
    method=METHODS,
    path=PATHS,
    accept=ACCEPTS,
    token=st.sampled_from([TOKEN, "", "x"]),
)
def test_any_bytes_are_answered_where_one_may_write(
    body: bytes, media: str, method: str, path: str, accept: str, token: str, writer: Running
):
    headers = {"Content-Type": media, "Accept": accept, "Authorization": f"Bearer {token}"}
    ours(send(writer, method, path, body=body, headers=headers))


# Bytes on the wire

LINES = st.sampled_from(
    [
        *("GET / HTTP/1.1", "GET /sparql?query=ASK%20%7B%7D HTTP/1.1", "POST /sparql HTTP/1.1"),
        *("GET / HTTP/9.9", "GET /", "GET  / HTTP/1.1", " / HTTP/1.1", "GET http://x/ HTTP/1.1"),
        *("CONNECT x:80 HTTP/1.1", "GET * HTTP/1.1", "OPTIONS * HTTP/1.1", "\x16\x03\x01\x02"),
        *(
            "PRI * HTTP/2.0",
            "GET /sparql?query=\xff HTTP/1.1",
            "GET /" + "a" * 70_000 + " HTTP/1.1",
        ),
    ]
)
FIELDS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(
                    "Host: x",
                    "Host:",
                    "Host: x\r\nHost: y",
                    "Content-Length: 3",
                    "Content-Length: -1",
                ),
                *(
                    "Content-Length: 3\r\nContent-Length: 4",
                    "Content-Length: 99999999999999999999",
                ),
                *("Transfer-Encoding: chunked", "Transfer-Encoding: gzip", "Expect: 100-continue"),
                *("Transfer-Encoding: chunked\r\nContent-Length: 3", "Content-Length: 0x3"),
                *("Connection: close", "Upgrade: websocket", "Connection: x", "X", ": x"),
                *(" folded: x", "X: \x00", "X : y", "If-None-Match: *", 'If-None-Match: W/"'),
                *("If-Modified-Since: never", "Range: bytes=0-0,5-", "Accept: " + "a" * 9000),
                *(
                    "X-Forwarded-For: " + "1.2.3.4," * 500,
                    "Cookie: " + "a=b;" * 900,
                    "TE: trailers",
                ),
                "Content-Type: application/sparql-query",
                "Content-Type: application/x-www-form-urlencoded",
            ]
        ),
        st.text(printable, max_size=40),
    ),
    max_size=8,
)
BODIES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"ASK",
            b"5\r\nASK{}\r\n0\r\n\r\n",
            b"ffffffffffffffff\r\n",
            b"-1\r\n",
            b"0\r\n",
            b"5;x=\r\nA",
        ]
    ),
)


@given(line=LINES, fields=FIELDS, body=BODIES, cut=st.integers(0, 200))
def test_any_bytes_on_the_wire_are_answered_or_dropped(
    line: str, fields: list[str], body: bytes, cut: int, live: Running
):
    """Requests that HTTP does not allow, cut off at any place; the client then says no more."""
    data = "\r\n".join([line, *fields, "", ""]).encode("latin-1", "replace") + body
    found = exchange(live, data[: len(data) - cut] if cut < 100 else data)
    heads = [part for part in found.split(b"HTTP/1.1 ")[1:] if part[:3].isdigit()]
    assert bool(heads) == bool(found)
    for head in heads:
        assert int(head[:3]) in STATUSES | {100, 204, 502} | STOPPED, found[:500]
        assert b"Traceback" not in head


@settings(max_examples=20)
@given(size=st.integers(0, 400))
def test_a_request_cut_off_leaves_no_work_behind(size: int, live: Running):
    body = "query=" + quote("SELECT * { ?s ?p ?o } LIMIT 5")
    text = (
        "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
    assume(size < len(text))
    found = exchange(live, text[:size].encode())
    assert b" 200 " not in found.split(b"\r\n")[0]
    assert b" 500 " not in found.split(b"\r\n")[0]


def test_many_clients_that_vanish_leave_the_server_well(live: Running):
    request = (
        b"GET /sparql?query=SELECT%20*%20%7B%20?s%20?p%20?o%20%7D HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    start = time.monotonic()
    for number in range(150):
        with ExitStack() as stack, suppress(ConnectionError):
            one = stack.enter_context(live.socket())
            one.sendall(request[: len(request) - number % 3 * 20])
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    assert time.monotonic() - start < PATIENCE
    assert alive(live)
