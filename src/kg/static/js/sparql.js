// The SPARQL page: an editor that completes from the graph, and answers that name what they show.
// Without this script the form asks, and the server writes the page.
"use strict";

const form = document.querySelector("#sparql-form");
const field = document.querySelector("#query");
const status = document.querySelector("#sparql-status");
const answer = document.querySelector("#sparql-answer");
const said = (name, values = {}) => form.dataset[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
const make = (tag, text = "", more = {}) => Object.assign(document.createElement(tag), { textContent: text }, more);
const json = async (address, more = {}) => (await fetch(address, { ...more, headers: { Accept: "application/json" } })).json();
const PAGE = 100, LONGEST = 200000;
let editor, asking, marked;

// Completion: a prefix, a term of the ontology, or a thing by its name in any language.
const known = { prefixes: {}, terms: [] };
const named = new Map();

async function complete(_, token) {
  const text = token.string;
  const [prefix, rest] = text.includes(":") ? text.split(/:(.*)/s) : ["", text];
  if (text.startsWith("?") || text.startsWith("$")) return [];
  if (!text.includes(":")) {
    const found = Object.keys(known.prefixes).filter((one) => one.startsWith(text.toLowerCase()));
    for (const one of found) named.set(`${one}:`, known.prefixes[one]);
    return [...found.map((one) => `${one}:`), ...(text.length > 2 ? await things(text) : [])];
  }
  const namespace = known.prefixes[prefix];
  if (!namespace) return [];
  const terms = known.terms.filter((one) => one.term.startsWith(namespace)
    && `${one.term.slice(namespace.length)} ${one.label}`.toLowerCase().includes(rest.toLowerCase()));
  for (const one of terms) named.set(`${prefix}:${one.term.slice(namespace.length)}`, one.label);
  if (terms.length) return terms.map((one) => `${prefix}:${one.term.slice(namespace.length)}`);
  return (await things(rest || prefix)).filter((one) => one.startsWith(`${prefix}:`) || one.startsWith(`<${namespace}`));
}

async function things(words) {
  const found = await json(`/suggest?q=${encodeURIComponent(words.replace(/[-_]/g, " "))}&lang=${document.documentElement.lang}`);
  return found.map((one) => {
    const text = one.short === one.iri ? `<${one.iri}>` : one.short;
    named.set(text, `${one.label} · ${one.what}`);
    return text;
  });
}

function edit() {
  const home = document.querySelector("#query-editor"), place = {};
  home.hidden = false;
  const completer = {
    name: "mithaq", bulk: false, autoShow: false,
    isValidCompletionPosition: (one) => !/^(comment|string)$/.test(one.getTokenAt(one.getDoc().getCursor()).type ?? ""),
    preProcessToken: (one, token) => {
      // The editor has the prefix and the name as two tokens; what is completed is both.
      const { line, ch } = one.getDoc().getCursor(), end = Math.max(token.end, ch);
      const string = one.getLine(line).slice(0, end).match(/[^\s<>{}()[\],;."']*$/)[0];
      place.from = { line, ch: end - string.length };
      place.to = { line, ch: end };
      return string ? { ...token, string, start: end - string.length, end, autocompletionString: string } : null;
    },
    get: complete,
    postProcessSuggestion: (_, token, text) => text,
    postprocessHints: (_, hints) => hints.map((hint) => ({ ...hint, from: place.from, to: place.to, displayText: named.has(hint.text) ? `${hint.text}   ${named.get(hint.text)}` : hint.text })),
  };
  // The editor's own completers ask other hosts; only ours and its variables are used.
  Yasqe.defaults.autocompleters = [];
  Yasqe.registerAutocompleter(completer, false);
  editor = new Yasqe(home, {
    value: field.value, persistenceId: null, syntaxErrorCheck: false, showQueryButton: false, resizeable: false, createShareableLink: null,
    autocompleters: ["mithaq", "variables"], screenReaderLabel: document.querySelector("#query-label").textContent,
    extraKeys: { "Ctrl-Enter": run, "Cmd-Enter": run, Tab: false, "Shift-Tab": false },
  });
  field.hidden = true;
  field.tabIndex = -1;
  document.querySelector("#query-keys").hidden = false;
  editor.getInputField().setAttribute("aria-describedby", "query-help");
  editor.on("change", () => { field.value = editor.getValue(); marked?.clear(); });
  document.querySelector("#query-label").addEventListener("click", () => editor.focus());
}

// An answer comes line by line, a row a line; the table shows a page of it.
async function run() {
  const query = field.value;
  stop();
  asking = new AbortController();
  const mine = asking, start = performance.now();
  busy(true);
  answer.replaceChildren();
  status.className = "";
  status.textContent = said("running");
  try {
    const reply = await fetch("/sparql", { method: "POST", signal: mine.signal, body: query,
      headers: { "Content-Type": "application/sparql-query", Accept: "application/x-ndjson, text/turtle;q=0.9" } });
    mine.id = reply.headers.get("Query-Id");
    if (!reply.ok) return failed(await reply.json());
    history.replaceState(null, "", address(query));
    if (reply.headers.get("Content-Type").startsWith("text/turtle")) await written(reply, start);
    else await listed(reply, query, start);
  } catch (error) {
    if (error.name !== "AbortError") problem(said("lost"));
  } finally {
    if (asking === mine) busy(false);
  }
}

function stop() {
  if (!asking) return;
  asking.abort();
  if (asking.id) fetch(`/queries/running/${asking.id}`, { method: "DELETE" }).catch(() => {});
  asking = undefined;
  busy(false);
}

function busy(is) {
  document.querySelector("#stop").hidden = !is;
  form.setAttribute("aria-busy", String(is));
}

async function* lines(reply) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    yield parts;
  }
  if (rest) yield [rest];
}

async function listed(reply, query, start) {
  const rows = [], names = new Set();
  let table;
  for await (const part of lines(reply)) {
    for (const line of part) {
      if (!line) continue;
      const row = JSON.parse(line);
      if (typeof row === "boolean" || "boolean" in row) return told(row.boolean ?? row, start);
      for (const name of Object.keys(row)) names.add(name);
      rows.push(row);
    }
    status.textContent = said("rows", { count: rows.length, ms: Math.round(performance.now() - start) });
    if (!table && rows.length >= PAGE) table = new Table(rows, names);
  }
  status.textContent = said("rows", { count: rows.length, ms: Math.round(performance.now() - start) });
  if (reply.headers.get("Mithaq-Truncated") === "true") status.append(" ", make("strong", said("cut")));
  if (!rows.length) return explain(query);
  if (table) await table.show(0);
  else await new Table(rows, names).ready;
}

function told(truth, start) {
  status.textContent = said("rows", { count: 1, ms: Math.round(performance.now() - start) });
  answer.replaceChildren(make("h2", said("answer")), make("p", String(truth)));
}

async function written(reply, start) {
  const text = await reply.text();
  status.textContent = `${text.length.toLocaleString()} B, ${Math.round(performance.now() - start)} ms`;
  answer.replaceChildren(make("h2", said("answer")), make("pre", text.slice(0, LONGEST), { tabIndex: 0 }));
  if (text.length > LONGEST) answer.append(make("p", said("long"), { className: "note" }));
}

class Table {
  constructor(rows, names) {
    this.rows = rows;
    this.names = names;
    this.body = make("tbody");
    this.head = make("tr");
    this.where = make("span");
    this.back = make("button", form.dataset.before, { type: "button", className: "quiet", onclick: () => this.show(this.first - PAGE) });
    this.next = make("button", form.dataset.after, { type: "button", className: "quiet", onclick: () => this.show(this.first + PAGE) });
    const wide = make("div", "", { className: "wide", tabIndex: 0 });
    wide.setAttribute("role", "region");
    wide.setAttribute("aria-label", said("answer"));
    const table = make("table"), head = make("thead");
    head.append(this.head);
    table.append(head, this.body);
    wide.append(table);
    this.pager = make("div", "", { className: "sparql-pager" });
    this.pager.append(this.back, this.where, this.next);
    answer.replaceChildren(make("h2", said("answer")), this.pager, wide);
    this.ready = this.show(0);
  }

  async show(first) {
    this.first = Math.max(0, Math.min(first, this.rows.length - 1));
    const rows = this.rows.slice(this.first, this.first + PAGE), names = [...this.names];
    this.head.replaceChildren(...names.map((name) => Object.assign(make("th", name), { scope: "col" })));
    this.body.replaceChildren(...rows.map((row) => {
      const line = make("tr");
      line.append(...names.map((name) => cell(row[name])));
      return line;
    }));
    this.pager.hidden = this.rows.length <= PAGE;
    this.where.textContent = said("shown", { first: this.first + 1, last: this.first + rows.length, count: this.rows.length });
    this.back.disabled = this.first === 0;
    this.next.disabled = this.first + PAGE >= this.rows.length;
    await label(this.body);
  }
}

function cell(term) {
  const found = make("td");
  if (!term) return found.append(make("span", "–", { className: "none" })), found;
  if (term.type === "uri") {
    const link = make("a", term.value, { title: term.value });
    if (/^https?:/.test(term.value)) link.href = term.value;
    link.dataset.iri = term.value;
    found.append(link);
  } else {
    const text = make("span", term.value, { dir: "auto" });
    if (term["xml:lang"]) text.lang = term["xml:lang"];
    found.append(text);
    if (term["xml:lang"]) found.append(make("span", term["xml:lang"], { className: "lang" }));
  }
  return found;
}

// Names beside IRIs, asked for once for each page of the table.
async function label(body) {
  const links = [...body.querySelectorAll("a[data-iri]")];
  if (!links.length) return;
  const wish = new URLSearchParams([...new Set(links.map((one) => one.dataset.iri))].map((iri) => ["iri", iri]));
  const found = await json(`/labels?lang=${document.documentElement.lang}`, { method: "POST", body: wish });
  for (const link of links) {
    const one = found[link.dataset.iri];
    if (!one) continue;
    if (one.page) link.href = one.page;
    link.textContent = one.label || one.short;
    if (one.label) link.after(make("code", one.short));
  }
}

async function explain(query) {
  const empty = make("p", said("empty"), { className: "note" });
  answer.replaceChildren(make("h2", said("answer")), empty);
  const reply = await fetch("/sparql", { method: "POST", headers: { Accept: "application/json" },
    body: new URLSearchParams({ query, "explain-empty": "1" }) });
  if (!reply.ok) return;
  const why = await reply.json();
  if (!why.empty) return;
  answer.append(make("p", why.message));
  if (why.pattern) answer.append(make("pre", why.pattern, { tabIndex: 0 }));
  for (const { term, nearest } of why.unknown) {
    answer.append(make("p", said(nearest.length ? "near" : "noneNear", { term })));
    const list = make("ul");
    list.append(...nearest.map((one) => { const item = make("li"); item.append(make("code", one)); return item; }));
    answer.append(list);
  }
}

function failed(told) {
  problem(told.detail ?? told.title);
  if (told.hint) status.append(make("p", told.hint));
  if (!told.line) return;
  const line = told.line - 1, column = (told.column ?? 1) - 1;
  const go = make("button", said("place", told), { type: "button", className: "quiet", onclick: () => { editor.focus(); editor.setCursor(line, column); } });
  status.append(go);
  marked?.clear();
  marked = editor.markText({ line, ch: 0 }, { line, ch: editor.getLine(line)?.length ?? 0 }, { className: "failed" });
}

function problem(text) {
  status.replaceChildren(make("p", text, { className: "note" }));
}

const address = (query) => `/sparql?${new URLSearchParams({ query })}`;

edit();
form.addEventListener("submit", (event) => {
  if (form.elements.format.value !== "html") return;
  event.preventDefault();
  run();
});
document.querySelector("#stop").addEventListener("click", () => { stop(); status.textContent = said("stopped"); });
const share = document.querySelector("#share");
share.hidden = false;
share.addEventListener("click", async () => {
  const link = new URL(address(field.value), location.href).href;
  try { await navigator.clipboard.writeText(link); status.textContent = said("copied"); }
  catch { status.replaceChildren(Object.assign(make("a", link), { href: link })); }
});
json("/vocabulary.json").then((found) => Object.assign(known, found));
