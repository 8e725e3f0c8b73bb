"""What comes with bad intent is refused, reaches no other machine and ends no process."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from kg.settings import Settings
from tests.live import PATIENCE, TOKEN, Reply, alive, exchange, send, writing
from tests.serving import Running

JSON = "application/sparql-results+json"
PROBLEM = "application/problem+json"
BOMB = gzip.compress(b"#" * 64 * 1024**2)
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
QUERY = {"Content-Type": "application/sparql-query", "Accept": JSON}


class Listener:
    """A port of this machine that counts who comes."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.port = self._socket.getsockname()[1]
        self.visits = 0
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sparql"

    def _listen(self) -> None:
        while True:
            try:
                visitor, _ = self._socket.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def close(self) -> None:
        self._socket.close()
        self._thread.join(2)


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A listener that nobody may have visited when the test ends."""
    found = Listener()
    yield found
    time.sleep(0.02)
    found.close()
    assert found.visits == 0


@pytest.fixture(scope="module")
def writer(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with writing(built, tmp_path_factory.mktemp("writer")) as server:
        yield server


@pytest.fixture(autouse=True)
def survives(live: Running) -> Iterator[None]:
    """Have the server answer as before after each of these tests."""
    yield
    assert alive(live)


# Other machines

SERVICES = {
    "plain": "SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "silent": "SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
    "prefixed in a sub-select": "PREFIX x: <{url}> SELECT * {{ {{ SELECT * {{ SERVICE x: {{ ?s ?p"
    " ?o }} }} }} }}",
    "inside EXISTS": "SELECT * {{ ?s a mq:State FILTER EXISTS {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"
    " }}",
    "inside NOT EXISTS of a BIND": "SELECT * {{ BIND(NOT EXISTS {{ SERVICE <{url}> {{ ?s ?p ?o }}"
    " }} AS ?x) }}",
    "in OPTIONAL": "SELECT * {{ ?s a mq:State OPTIONAL {{ SERVICE <{url}> {{ ?s ?p ?o }} }} }}",
    "in MINUS": "SELECT * {{ ?s a mq:State MINUS {{ SERVICE <{url}> {{ ?s ?p ?o }} }} }}",
    "in UNION of GRAPH": "SELECT * {{ {{ }} UNION {{ GRAPH ?g {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"
    " }} }}",
    "by a variable": "SELECT * {{ VALUES ?url {{ <{url}> }} SERVICE ?url {{ ?s ?p ?o }} }}",
    "by a base": "BASE <{url}> SELECT * {{ SERVICE <> {{ ?s ?p ?o }} }}",
    "mixed case": "SELECT * {{ sErViCe <{url}> {{ ?s ?p ?o }} }}",
    "behind a comment": "SELECT * {{ SERVICE # silent\n <{url}>{{?s ?p ?o}} }}",
    "without spaces": "SELECT*{{SERVICE<{url}>{{?s ?p ?o}}}}",
    "after a false string": "SELECT * {{ FILTER(1<2 && 'a>' != \"'\") SERVICE <{url}> {{ ?s ?p"
    " ?o }} }}",
    "in what looks like an IRI": "SELECT*{{VALUES?u{{<{url}>}}FILTER(1<2)SERVICE?u#>\n{{?s ?p"
    " ?o}}}}",
    "between comparisons": "SELECT*{{FILTER(1<?a&&?b>2)SERVICE<{url}>{{?s ?p ?o}}}}",
    "ASK": "ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "CONSTRUCT": "CONSTRUCT {{ ?s ?p ?o }} {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "DESCRIBE": "DESCRIBE ?s {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "in ORDER BY": "SELECT * {{ ?s a mq:State }} ORDER BY EXISTS {{ SERVICE <{url}> {{ ?s ?p ?o }}"
    " }}",
    "in HAVING": "SELECT ?s {{ ?s a mq:State }} GROUP BY ?s HAVING(EXISTS {{ SERVICE <{url}> {{ ?s"
    " ?p ?o }} }})",
}


@pytest.mark.parametrize("name", SERVICES)
def test_service_is_refused_before_it_runs(name: str, live: Running, listener: Listener):
    query = SERVICES[name].format(url=listener.url)
    for reply in ways(live, query):
        assert reply.status == 403, reply.text
        assert "SERVICE" in reply.text


@pytest.mark.parametrize("escape", [r"\u0053ERVICE", r"SERV\u0049CE", r"\U00000053ERVICE"])
def test_service_in_escaped_letters_reaches_nobody(escape: str, live: Running, listener: Listener):
    query = f"SELECT * {{ {escape} <{listener.url}> {{ ?s ?p ?o }} }}"
    for reply in ways(live, query):
        assert reply.status in (400, 403), reply.text


def test_load_is_refused(live: Running, listener: Listener):
    update = f"LOAD <{listener.url}> INTO GRAPH <http://x/g>"
    for form in ({"update": update}, {"query": update}, {"update": f"{update} ; CLEAR ALL"}):
        assert send(live, "POST", "/sparql", form=form).status == 403
    typed = {"Content-Type": "application/sparql-update"}
    assert send(live, "POST", "/sparql", body=update, headers=typed).status == 403


def test_load_is_refused_where_one_may_write(writer: Running, listener: Listener):
    for silent in ("", "SILENT "):
        update = f"LOAD {silent}<{listener.url}> INTO GRAPH <http://x/g>"
        assert written(writer, form={"update": update}).status == 403
    for iri in ("file:///etc/passwd", listener.url):
        update = f"LOAD <{iri}> ; INSERT DATA {{ <http://x/s> <http://x/p> <http://x/o> }}"
        assert written(writer, form={"update": update}).status == 403


def test_service_in_an_update_is_refused(writer: Running, listener: Listener):
    for silent in ("", "SILENT "):
        update = (
            f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE {silent}<{listener.url}> {{ ?s ?p ?o }} }}"
        )
        assert written(writer, form={"update": update}).status == 403


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_a_remote_graph_is_never_fetched(scheme: str, live: Running, listener: Listener):
    iri = {"http": listener.url, "file": "file:///etc/passwd"}[scheme]
    texts = (
        f"SELECT * FROM <{iri}> {{ ?s ?p ?o }}",
        f"SELECT * FROM NAMED <{iri}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"SELECT * {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}",
    )
    for text in texts:
        nothing(send(live, "POST", "/sparql", body=text, headers=QUERY))
    for name in ("default-graph-uri", "named-graph-uri"):
        pairs = {"query": "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", name: iri}
        nothing(send(live, "GET", "/sparql", parameters=pairs, headers={"Accept": JSON}))


def nothing(reply: Reply) -> None:
    assert reply.status in (200, 403)
    if reply.status == 200:
        assert reply.json()["results"]["bindings"] == []


def ways(live: Running, query: str) -> Iterator[Reply]:
    """Send a query in each way that one can come."""
    yield send(live, "GET", "/sparql", parameters={"query": query}, headers={"Accept": JSON})
    pairs = {"query": query, "other": "1"}
    yield send(live, "GET", "/sparql", parameters=pairs, headers={"Accept": JSON})
    yield send(live, "GET", "/sparql", parameters={"query": query}, headers=HTML)
    pairs = {"query": query, "explain-empty": "1"}
    yield send(live, "GET", "/sparql", parameters=pairs)
    yield send(live, "POST", "/sparql", form={"query": query})
    yield send(live, "POST", "/sparql", body=query, headers=QUERY)


def written(writer: Running, method: str = "POST", path: str = "/sparql", **more: object) -> Reply:
    headers = {"Authorization": f"Bearer {TOKEN}", **more.pop("headers", {})}  # type: ignore[dict-item]
    return send(writer, method, path, headers=headers, **more)  # type: ignore[arg-type]


# Too much of something


@pytest.mark.parametrize(
    "media",
    [
        "application/sparql-query",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
    ],
)
def test_a_body_over_the_limit_is_413(media: str, live: Running):
    form = b'--b\r\nContent-Disposition: form-data; name="query"\r\n\r\n'
    start = {"multipart": form, "application/x": b"query="}
    body = next((text for key, text in start.items() if media.startswith(key)), b"ASK {}#")
    reply = send(
        live, "POST", "/sparql", body=body + b"a" * 1_100_000, headers={"Content-Type": media}
    )
    assert (reply.status, reply.media) == (413, PROBLEM)


def test_a_length_that_is_too_large_is_refused_as_the_body_begins(live: Running):
    head = (
        "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        f"Content-Length: {10**12}\r\n\r\nASK"
    )
    with live.socket() as one:
        one.settimeout(5)
        one.sendall(head.encode())
        assert one.recv(65536).split(b"\r\n")[0].split()[1] == b"413"


def test_an_address_that_is_too_long_is_refused(live: Running):
    """One that no reader of addresses takes, and one that comes in many pieces."""
    for size in (64_990, 66_000, 200_000, 600_000):
        reply = send(live, "GET", "/sparql", parameters={"query": "ASK {} #" + "a" * size})
        assert (reply.status, reply.media) == (414, "application/problem+json")
        assert "POST" in json.loads(reply.body)["hint"]
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert (
        send(live, "GET", "/sparql", parameters={"query": "ASK {} #" + "a" * 60_000}).status == 200
    )


def test_what_is_not_http_is_a_problem_too(live: Running):
    with live.socket() as one:
        one.sendall(b"GET / HTTP/1.1\r\nno colon\r\n\r\n")
        head, _, body = one.makefile("rb").read().partition(b"\r\n\r\n")
    assert head.split()[1] == b"400"
    assert json.loads(body)["status"] == 400


@pytest.mark.parametrize("where", ["address", "form"])
@pytest.mark.parametrize("name", ["default-graph-uri", "other"])
def test_parameters_past_a_number_are_refused(name: str, where: str, live: Running):
    pairs = [("query", "ASK {}"), *((name, f"x:{n}") for n in range(1500))]
    if where == "address":
        reply = send(live, "GET", "/sparql", parameters=pairs, headers={"Accept": JSON})
    else:
        reply = send(live, "POST", "/sparql", form=pairs, headers={"Accept": JSON})
    assert (reply.status, reply.media) in ((400, PROBLEM), (413, PROBLEM), (414, PROBLEM))


NESTED = {
    "groups": "SELECT * " + "{" * 20_000 + "}" * 20_000,
    "parentheses": "SELECT (" + "(" * 20_000 + "1" + ")" * 20_000 + " AS ?x) {}",
    "paths": "SELECT * { ?s " + "(" * 20_000 + "mq:party" + ")" * 20_000 + " ?o }",
    "nodes": "SELECT * { ?s ?p " + "[ ?p " * 20_000 + "1" + "]" * 20_000 + " }",
    "selects": "SELECT * { " + "{ SELECT * " * 5_000 + "}" * 5_000 + " }",
    "optionals": "ASK { " + "OPTIONAL { " * 10_000 + "}" * 10_000 + " }",
}
LONG = {
    "nots": "SELECT (" + "!" * 50_000 + "true AS ?x) {}",
    "sum": "ASK { FILTER(" + "1+" * 50_000 + "1) }",
    "in what looks like an IRI": "ASK{FILTER(1<" + "(" * 20_000 + "1" + ")" * 20_000 + "&&2>1)}",
    "triples": "ASK { VALUES ?x { " + "<<( " * 10_000 + " } }",
}


@pytest.mark.parametrize("name", NESTED | LONG)
def test_a_query_that_nests_without_end_ends_with_an_answer(name: str, live: Running):
    """Parsers that call themselves run out of stack; the client gets an answer all the same."""
    start = time.monotonic()
    reply = send(live, "POST", "/sparql", body=(NESTED | LONG)[name], headers=QUERY)
    assert reply.status in (200, 400, 413, 503, 507), reply.text
    assert time.monotonic() - start < 6
    if reply.status != 200:
        assert reply.media == PROBLEM


@pytest.mark.parametrize("name", NESTED)
def test_a_query_that_nests_too_deep_is_400_and_ends_no_worker(name: str, live: Running):
    reply = send(live, "POST", "/sparql", body=NESTED[name], headers=QUERY)
    assert (reply.status, reply.media) == (400, PROBLEM)


def test_queries_that_end_their_worker_do_not_hold_up_the_others(live: Running):
    """Four clients end one worker after another; a fifth asks what is quickly answered."""
    stop, ended = threading.Event(), []

    def attack(number: int) -> None:
        while not stop.is_set():
            text = f"{LONG['nots']} # {number} {len(ended)}"
            ended.append(send(live, "POST", "/sparql", body=text, headers=QUERY).status)

    attackers = [threading.Thread(target=attack, args=(number,)) for number in range(4)]
    for attacker in attackers:
        attacker.start()
    took = []
    for number in range(100):
        start = time.monotonic()
        query = f"SELECT * {{ ?s a mq:State }} LIMIT 3 # {number}"
        assert send(live, "GET", "/sparql", parameters={"query": query}).status == 200
        took.append(time.monotonic() - start)
        time.sleep(0.01)
    stop.set()
    for attacker in attackers:
        attacker.join(PATIENCE)
    assert set(ended) <= {400, 429, 503, 507}
    assert max(took) < 1


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "nonsense"])
def test_an_encoded_body_is_not_unpacked(coding: str, live: Running):
    """A bomb of 64 MB in 64 kB; even an innocent one is refused, as nothing here needs it."""
    for data in (BOMB, gzip.compress(b"ASK {}")):
        headers = QUERY | {"Content-Encoding": coding}
        reply = send(live, "POST", "/sparql", body=data, headers=headers)
        assert (reply.status, reply.media) == (415, PROBLEM)


def test_a_body_that_only_says_it_is_encoded_is_415(live: Running):
    headers = QUERY | {"Content-Encoding": "gzip"}
    assert send(live, "POST", "/sparql", body="ASK {}", headers=headers).status == 415


@pytest.mark.parametrize("to", ["h2c", "websocket"])
def test_a_request_that_would_change_the_protocol_is_answered(to: str, live: Running):
    head = (
        "GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\nHost: x\r\n"
        f"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: {to}\r\nHTTP2-Settings: AA\r\n\r\n"
    )
    with live.socket() as one:
        one.settimeout(1)
        one.sendall(head.encode())
        assert one.recv(65536).split(b"\r\n")[0].split()[1] in (b"200", b"400", b"426")


def test_a_client_that_sends_slowly_holds_nobody_up(live: Running):
    """Requests that never end, one letter at a time, beside ones that are answered at once."""
    with contextlib.ExitStack() as open_ones:
        slow = [open_ones.enter_context(live.socket()) for _ in range(60)]
        for one in slow[:30]:
            one.sendall(b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\nHost: x\r\nX: ")
        for one in slow[30:]:
            one.sendall(
                b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\nContent-Type: "
            )
            one.sendall(b"application/sparql-query\r\n\r\nASK")
        for _ in range(3):
            for one in slow:
                one.sendall(b"a")
            start = time.monotonic()
            assert send(live, "GET", "/sparql", parameters={"query": "ASK {}"}).status == 200
            assert send(live, "GET", "/queries/", headers=HTML).status == 200
            assert time.monotonic() - start < 2


SECOND = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    "fields",
    [
        "Content-Length: 6\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 6",
        "Content-Length: 6\r\nContent-Length: 60",
        "Content-Length: 6, 60",
        "Content-Length: +6",
        "Content-Length: 0x6",
        "Content-Length: 1_0",
        "Content-Length : 6",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: chunked, identity",
        "Content-Length: 6\r\n Content-Length: 60",
    ],
)
def test_no_request_hides_in_the_body_of_another(fields: str, live: Running):
    """Where proxy and server could read the length in two ways, the connection ends at once."""
    head = (
        f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n{fields}"
    )
    for body in ("ASK {}", "0\r\n\r\n", "6\r\nASK {}\r\n0\r\n\r\n"):
        found = exchange(live, f"{head}\r\n\r\n{body}{SECOND}".encode())
        assert found.count(b"HTTP/1.1 ") <= 1, found
        assert b'"ok"' not in found
        assert not found or found.split()[1] in (b"400", b"415", b"501"), found


# Parsers of RDF

ENTITIES = {
    "laughs": "".join(
        [
            '<!DOCTYPE r [<!ENTITY a0 "ha">',
            *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)),
            "]>",
        ]
    ),
    "file": '<!DOCTYPE r [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>',
    "remote": '<!DOCTYPE r [<!ENTITY a11 SYSTEM "{url}">]>',
    "parameter": '<!DOCTYPE r [<!ENTITY % p SYSTEM "{url}"> %p;]>',
    "dtd": '<!DOCTYPE r SYSTEM "{url}">',
}


@pytest.mark.parametrize("name", ENTITIES)
def test_entities_of_xml_are_not_expanded(name: str, writer: Running, listener: Listener):
    value = "&a11;" if name in ("laughs", "file", "remote") else "x"
    rdf = (
        f"<?xml version='1.0'?>{ENTITIES[name].replace('{url}', listener.url)}"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:x='http://x/'>"
        f"<rdf:Description rdf:about='http://x/s'><x:p>{value}</x:p></rdf:Description></rdf:RDF>"
    )
    typed = {"Content-Type": "application/rdf+xml"}
    start = time.monotonic()
    reply = written(writer, "PUT", "/store?graph=http://x/xml", body=rdf, headers=typed)
    assert time.monotonic() - start < 5
    assert reply.status < 500
    if reply.status < 300:
        back = written(writer, "GET", "/store?graph=http://x/xml").text
        assert "root:" not in back
        assert len(back) < 10_000
    assert alive(writer)


@pytest.mark.parametrize("where", ["@context", "@import", "in a list"])
def test_a_remote_context_is_not_fetched(where: str, writer: Running, listener: Listener):
    context = {
        "@context": f'"{listener.url}"',
        "@import": f'{{"@version": 1.1, "@import": "{listener.url}"}}',
        "in a list": f'[{{}}, "{listener.url}"]',
    }[where]
    text = f'{{"@context": {context}, "@id": "http://x/s", "http://x/p": "o"}}'
    typed = {"Content-Type": "application/ld+json"}
    reply = written(writer, "PUT", "/store?graph=http://x/ld", body=text, headers=typed)
    assert 400 <= reply.status < 500
    assert reply.media == PROBLEM


# Honest answers, safe pages


@pytest.mark.parametrize("other", ["", "1"])
@pytest.mark.parametrize("media", [JSON, "text/csv", "application/sparql-results+xml"])
def test_an_answer_cut_at_the_limit_of_rows_says_so(media: str, other: str, live: Running):
    limit = 1000
    for rows, cut in ((limit + 1, "true"), (limit, None)):
        query = f"SELECT ?s ?p ?o {{ ?s ?p ?o }} LIMIT {rows}"
        pairs = {"query": query} | ({"other": other} if other else {})
        reply = send(live, "GET", "/sparql", parameters=pairs, headers={"Accept": media})
        assert reply.headers["Mithaq-Truncated"] == cut
        assert reply.headers["Mithaq-Rows"] == str(limit)


PAGES = (
    "/",
    "/sparql",
    "/queries/",
    "/queries/support-map",
    "/find?q=pakistan",
    "/page/state/PAK",
)


@pytest.mark.parametrize(
    "path", [*PAGES, "/nowhere", "/page/state/NOBODY", "/sparql?query=%3Cb%3E"]
)
def test_pages_run_nothing_from_elsewhere(path: str, live: Running):
    reply = send(live, "GET", path, headers=HTML)
    assert reply.media == "text/html"
    policy = reply.headers["Content-Security-Policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] in ("'self'", "'none'")
    assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy
    assert "*" not in policy
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"]
    for inline in ("<script>", " onclick=", " onload=", "javascript:", ' style="'):
        assert inline not in reply.text


@pytest.mark.parametrize(
    "path",
    ["/sparql?query=ASK%20%7B%7D", "/sparql?query=ASK", "/nowhere", "/queries/", "/void.ttl"],
)
def test_every_answer_has_the_headers_of_safety(path: str, live: Running):
    reply = send(live, "GET", path)
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"]
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert not reply.headers["Access-Control-Allow-Credentials"]


@pytest.mark.parametrize(
    "path", ["/find?q={}", "/sparql?query={}", "/queries/support-map?state={}"]
)
def test_what_a_client_sends_is_text_on_the_page(path: str, live: Running):
    evil = "%3Cscript%3Ealert(1)%3C/script%3E%22%20onload%3D%22x"
    reply = send(live, "GET", path.format(evil), headers=HTML)
    assert reply.media == "text/html"
    assert "<script>alert" not in reply.text
    assert '" onload="x' not in reply.text


@pytest.mark.parametrize("char", ["%0d%0aX-Evil:%201", "%00", "%0aSet-Cookie:a=b"])
def test_no_header_is_made_of_what_a_client_sends(char: str, live: Running):
    for path in (f"/queries/support-map.json?state=PAK&limit=1&x={char}", f"/id/state/PAK{char}"):
        reply = send(live, "GET", path)
        assert reply.status < 500
        assert "X-Evil" not in reply.headers
        assert "Set-Cookie" not in reply.headers
