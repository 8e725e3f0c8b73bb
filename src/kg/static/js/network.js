// The network with WebGL: drag, zoom, point, follow; the year slider asks for another day.
// Without this script, or without WebGL, the ring that the server drew stays.
"use strict";

const form = document.querySelector("#network-form");
const stage = document.querySelector("#network-stage");
const ring = document.querySelector("#network-ring");
const places = new Map();
let renderer, hovered;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// A colour that lets the ground through, said as one that does not.
function pale(name, share) {
  const ground = colour("--paper"), part = (text, at) => parseInt(text.slice(at, at + 2), 16);
  return `#${[1, 3, 5].map((at) => Math.round(part(name, at) * share + part(ground, at) * (1 - share)).toString(16).padStart(2, "0")).join("")}`;
}

// Places by force: links pull, parties push; a few hundred parties take a few milliseconds.
function settle(nodes, links, rounds) {
  const at = nodes.map((node, number) => places.get(node.id) ?? {
    x: Math.cos((number / nodes.length) * 2 * Math.PI) * (node.ours ? 60 : 110),
    y: Math.sin((number / nodes.length) * 2 * Math.PI) * (node.ours ? 60 : 110),
  });
  const of = new Map(nodes.map((node, number) => [node.id, number]));
  const ends = links.map((link) => [of.get(link.source), of.get(link.target), Math.min(link.known + link.unknown, 6)]);
  for (let round = 0; round < rounds; round += 1) {
    const heat = 8 * (1 - round / rounds) + 0.2;
    const push = at.map(() => ({ x: 0, y: 0 }));
    for (let i = 0; i < at.length; i += 1) {
      for (let j = i + 1; j < at.length; j += 1) {
        const dx = at[i].x - at[j].x, dy = at[i].y - at[j].y;
        const force = 420 / (dx * dx + dy * dy + 1);
        push[i].x += dx * force; push[i].y += dy * force;
        push[j].x -= dx * force; push[j].y -= dy * force;
      }
      push[i].x -= at[i].x * 0.12; push[i].y -= at[i].y * 0.12;
    }
    for (const [i, j, weight] of ends) {
      const dx = at[i].x - at[j].x, dy = at[i].y - at[j].y, pull = 0.012 * Math.sqrt(weight);
      push[i].x -= dx * pull; push[i].y -= dy * pull;
      push[j].x += dx * pull; push[j].y += dy * pull;
    }
    push.forEach((force, i) => {
      const size = Math.hypot(force.x, force.y) || 1, step = Math.min(size, heat) / size;
      at[i].x += force.x * step; at[i].y += force.y * step;
    });
  }
  nodes.forEach((node, number) => places.set(node.id, at[number]));
}

function draw(found) {
  const graph = new graphology.Graph({ type: "undirected" });
  settle(found.nodes, found.links, places.size ? 40 : 160);
  for (const node of found.nodes) {
    graph.addNode(node.id, {
      x: places.get(node.id).x * 1.5, y: places.get(node.id).y, label: node.name, page: node.page, member: node.member,
      size: 3 + Math.min(12, Math.sqrt(node.agreements) * 0.9),
      color: node.member ? colour("--link") : colour("--framework"), type: node.member ? "circle" : "partner",
    });
  }
  for (const link of found.links) {
    graph.addEdge(link.source, link.target, {
      size: 0.6 + Math.min(4, Math.sqrt(link.known + link.unknown) * 0.7), strength: link.strength,
      color: pale(colour(`--${link.strength}`), link.known ? 0.85 : 0.28), zIndex: link.known ? 1 : 0,
    });
  }
  hovered = undefined;
  if (renderer) {
    renderer.setGraph(graph);
    return;
  }
  stage.hidden = false;
  renderer = new Sigma(graph, stage, {
    nodeProgramClasses: { partner: hollow() },
    labelColor: { color: colour("--ink") }, labelFont: "system-ui, sans-serif", labelSize: 13,
    labelRenderedSizeThreshold: 6, labelDensity: 1.6, labelGridCellSize: 70, zIndex: true, stagePadding: 40,
    defaultDrawNodeHover: name, nodeReducer: (id, data) => near(id) ? data : { ...data, label: "", color: colour("--line") },
    edgeReducer: (id, data) => !hovered || renderer.getGraph().hasExtremity(id, hovered) ? data : { ...data, hidden: true },
  });
  ring.hidden = true;
  document.querySelector("#network-left")?.remove();
  renderer.on("enterNode", ({ node }) => { hovered = node; renderer.refresh({ skipIndexation: true }); });
  renderer.on("leaveNode", () => { hovered = undefined; renderer.refresh({ skipIndexation: true }); });
  renderer.on("clickNode", ({ node }) => {
    const page = new URL(renderer.getGraph().getNodeAttribute(node, "page"), location.href);
    page.searchParams.set("on", form.elements.on.value);
    page.searchParams.set("lang", form.dataset.lang);
    location.assign(page);
  });
}

// Partners are rings and members are dots, so that the two differ without colour.
function hollow() {
  return Sigma.rendering.createNodeBorderProgram({
    borders: [
      { size: { value: 2.5, mode: "pixels" }, color: { attribute: "color" } },
      { size: { fill: true }, color: { value: colour("--paper") } },
    ],
  });
}

const near = (id) => !hovered || id === hovered || renderer.getGraph().areNeighbors(id, hovered);

// The name of the party under the pointer, on a ground that can be read in light and dark.
function name(context, data, settings) {
  context.font = `600 ${settings.labelSize + 1}px ${settings.labelFont}`;
  const width = context.measureText(data.label).width;
  context.fillStyle = colour("--soft");
  context.fillRect(data.x + data.size + 1, data.y - 12, width + 12, 24);
  context.fillStyle = colour("--ink");
  context.fillText(data.label, data.x + data.size + 7, data.y + 5);
}

function tabulate(found) {
  const named = new Map(found.nodes.map((node) => [node.id, node]));
  const anchor = (href, text) => Object.assign(document.createElement("a"), { href, textContent: text });
  const strengths = Object.fromEntries([...document.querySelectorAll("#n-strength option")].map((one) => [one.value, one.textContent.split(":")[0]]));
  const kinds = Object.fromEntries([...document.querySelectorAll("#n-kind option")].map((one) => [one.value, one.textContent]));
  const rows = [...found.links].sort((one, other) => other.known - one.known || other.unknown - one.unknown).slice(0, 150);
  document.querySelector("#network-table tbody").replaceChildren(...rows.map((link) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.append(anchor(named.get(link.source).page, named.get(link.source).name));
    const cells = [0, 1, 2, 3, 4, 5].map(() => document.createElement("td"));
    cells[0].append(anchor(named.get(link.target).page, named.get(link.target).name));
    cells[1].textContent = strengths[link.strength];
    cells[2].textContent = link.kinds.map((kind) => kinds[kind] ?? kind).join(", ") || "–";
    cells[3].textContent = link.known;
    cells[4].textContent = link.unknown;
    cells[3].className = cells[4].className = "number";
    link.agreements.slice(0, 2).forEach((key, number) => cells[5].append(number ? ", " : "", anchor(`/page/agreement/${encodeURIComponent(key)}`, key)));
    const more = stage.dataset.more.replace("{count}", link.agreements.length - 2);
    const states = [link.source, link.target].every((key) => named.get(key).iri.includes("/state/"));
    if (link.agreements.length > 2) cells[5].append(" ", states ? anchor(`/between/${link.source}/${link.target}`, more) : more);
    row.append(head, ...cells);
    return row;
  }));
}

let asking;
async function ask(first) {
  asking?.abort();
  asking = new AbortController();
  const wish = new URLSearchParams(new FormData(form));
  wish.set("lang", form.dataset.lang);
  try {
    const address = first ? stage.dataset.src : `/network.json?${wish}`;
    const answer = await fetch(address, { signal: asking.signal });
    if (!answer.ok) return;
    const found = await answer.json();
    draw(found);
    if (first) return;
    tabulate(found);
    history.replaceState(null, "", `/network?${wish}`);
    document.querySelector("#network-svg").href = `/network.svg?${wish}`;
    document.querySelector("#network-json").href = `/network.json?${wish}`;
    for (const one of document.querySelectorAll("[data-network]")) {
      one.href = `/network.${one.dataset.network}?${wish}`;
    }
    document.querySelector("#network-count").textContent = stage.dataset.counted
      .replace("{nodes}", found.counts.nodes).replace("{links}", found.counts.links)
      .replace("{agreements}", found.counts.agreements).replace("{day}", found.on);
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

// All layers of the picture in one, on the ground of the page.
function picture() {
  renderer.refresh();
  renderer.getCamera();
  const whole = document.createElement("canvas");
  const layers = [...stage.querySelectorAll("canvas")];
  [whole.width, whole.height] = [layers[0].width, layers[0].height];
  const context = whole.getContext("2d");
  context.fillStyle = colour("--paper");
  context.fillRect(0, 0, whole.width, whole.height);
  for (const layer of layers) context.drawImage(layer, 0, 0);
  whole.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `mithaq-network-${form.elements.on.value}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
}

if (document.createElement("canvas").getContext("webgl2")) {
  const year = document.querySelector("#n-year"), shown = document.querySelector("#n-year-out");
  document.querySelector(".year").hidden = false;
  let timer;
  year.addEventListener("input", () => {
    const last = Number(year.max) === Number(year.value) ? form.elements.on.defaultValue.slice(4) : "-12-31";
    shown.textContent = year.value;
    form.elements.on.value = `${year.value}${last}`;
    clearTimeout(timer);
    timer = setTimeout(() => ask(), 80);
  });
  form.addEventListener("change", (event) => {
    if (event.target === year) return;
    if (event.target.name === "on" && event.target.value) shown.textContent = year.value = event.target.value.slice(0, 4);
    ask();
  });
  const png = document.querySelector("#network-png");
  png.hidden = false;
  png.addEventListener("click", (event) => { event.preventDefault(); picture(); });
  ask(true).then(() => performance.mark("network-drawn"));
}
