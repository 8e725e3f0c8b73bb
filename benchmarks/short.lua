-- Requests for wrk: three short queries, each asked once with every number, so that no answer is
-- one that was kept. With KEPT set each is asked again and again. ROWS asks for 10,000 rows.
local host, path = os.getenv("BENCH_HOST"), os.getenv("BENCH_PATH")
local kept, rows = os.getenv("BENCH_KEPT"), os.getenv("BENCH_ROWS")
local short = {
  "PREFIX mq: <https://w3id.org/mithaq/ns#> SELECT ?a ?d { ?a mq:party <https://w3id.org/mithaq/id/state/PAK>, <https://w3id.org/mithaq/id/state/TUR> ; mq:signedOn ?d FILTER(%d >= 0) } LIMIT 5",
  "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?l { <https://w3id.org/mithaq/id/state/IRN> skos:prefLabel ?l FILTER(%d >= 0) }",
  "SELECT ?p ?o { <https://w3id.org/mithaq/id/agreement/PAK-TUR-1954-04-02> ?p ?o FILTER(%d >= 0) }",
}
local many = "SELECT ?s ?p ?o { ?s ?p ?o FILTER(%d >= 0) } LIMIT 10000"
local thread, count = 0, 0

function setup(one)
  one:set("id", thread)
  thread = thread + 1
end

local function encoded(text)
  return (text:gsub("[^%w]", function(c) return string.format("%%%02X", string.byte(c)) end))
end

function request()
  count = count + 1
  local number = kept and 0 or (id * 100000000 + count)
  local text = rows and many or short[count % #short + 1]
  return wrk.format("GET", path .. "?query=" .. encoded(string.format(text, number)), {
    ["Accept"] = "application/sparql-results+json",
  })
end
