// The mesh as a picture: hubs in the middle, those that are linked with them around, and the calls between them.
// Who is where is worked out when somebody comes or goes; what passes, whenever it is told.

import { el, plural, rate, short, svg } from "./words.js";

const MOST_OF_A_HUB = 36; // peers that are drawn one by one; beyond, those of one kind are drawn together
const MOST_KINDS = 24;
const MOST_ARCS = 150;
const ROOM = 80; // between two neighbours
const FIRST_RING = 108;
const NEXT_RING = 66;
const LONGEST = 14;
const MUCH = 0.05; // the part of calls that must fail for it to be shown

export class Mesh {
  constructor(place, summary, chosen) {
    this.place = place;
    this.summary = summary;
    this.chosen = chosen;
    this.shape = "";
    this.nodes = new Map();
    this.selected = null;
    this.zoom = 1;
    this.image = svg("svg", { role: "group", "aria-label": "The mesh", preserveAspectRatio: "xMidYMid meet" });
    this.image.append(
      svg(
        "defs",
        {},
        svg(
          "marker",
          { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto", markerUnits: "userSpaceOnUse" },
          svg("path", { d: "M0 0 8 4 0 8Z", class: "tip" }),
        ),
      ),
    );
    this.layers = ["wires", "arcs", "nodes"].map((name) => svg("g", { class: name }));
    this.image.append(...this.layers);
    this.image.addEventListener("keydown", (event) => this.step(event));
    place.append(this.image);
    new ResizeObserver(() => (this.shape = "")).observe(place);
  }

  // hubs: [{id, name, own, leaving, suspected}]; peers: [{id, hub, label, offers, principal, ...}]
  // calls: [{from, to, service, rate, failing}], by ids of hubs or peers
  show(hubs, peers, calls) {
    const gathered = gather(hubs, peers);
    const shape = JSON.stringify([hubs.map((hub) => hub.id), gathered.map((node) => [node.id, node.hub])]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.lay(hubs, gathered);
    }
    const homes = new Map();
    for (const node of [...hubs.map((hub) => ({ ...hub, isHub: true, members: [hub] })), ...gathered]) {
      const drawn = this.nodes.get(node.id);
      drawn.node = node;
      drawn.passing = { asked: 0, answered: 0, calls: [] };
      for (const member of node.members) homes.set(member.id, drawn);
    }
    this.pass(calls, homes);
    for (const drawn of this.nodes.values()) this.dress(drawn);
    this.say(hubs, peers, calls);
    this.tell();
  }

  lay(hubs, nodes) {
    const before = this.selected;
    const hadFocus = this.image.contains(document.activeElement);
    for (const layer of this.layers) layer.replaceChildren();
    this.nodes.clear();
    this.arcs = new Map();
    const places = placed(hubs, nodes);
    this.fit([...places.values()]);
    hubs.forEach((hub, place) => {
      for (const other of hubs.slice(place + 1)) this.wire(places.get(hub.id), places.get(other.id), "between");
    });
    for (const node of nodes) this.wire(places.get(node.hub), places.get(node.id), "link");
    for (const hub of hubs) this.add(hub.id, places.get(hub.id), true);
    for (const node of nodes) this.add(node.id, places.get(node.id), false);
    const first = this.nodes.get(before) || this.nodes.values().next().value;
    if (first) this.mark(before && this.nodes.has(before) ? before : null, first);
    if (hadFocus && first) first.element.focus();
  }

  // Spreads the picture over the room that there is, and keeps its words large enough to be read.
  fit(places) {
    const { clientWidth: wide, clientHeight: high } = this.image;
    const room = wide && high ? wide / high : 1.6;
    const [, , width, height] = frame(places);
    const across = Math.min(1.8, Math.max(1, (room * height) / width));
    const down = Math.min(1.8, Math.max(1, width / room / height));
    for (const place of places) {
      place.x = Math.round(place.x * across);
      place.y = Math.round(place.y * down);
    }
    const box = frame(places);
    this.image.setAttribute("viewBox", box.join(" "));
    const scale = wide && high ? Math.min(wide / box[2], high / box[3]) : 1;
    this.zoom = Math.min(1.6, Math.max(1, 0.95 / scale));
    this.image.style.setProperty("--zoom", this.zoom.toFixed(2));
  }

  wire(from, to, kind) {
    this.layers[0].append(svg("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, class: kind }));
  }

  add(id, place, isHub) {
    const words = svg("text", { class: "name", "text-anchor": "middle", y: isHub ? 5 : 26 });
    const more = svg("text", { class: "more", "text-anchor": "middle", y: isHub ? 48 : 40 });
    const body = isHub
      ? svg("rect", { x: -46, y: -26, width: 92, height: 52, rx: 14, class: "body" })
      : svg("circle", { r: 10, class: "body" });
    const halo = isHub
      ? svg("rect", { x: -52, y: -32, width: 104, height: 64, rx: 18, class: "halo" })
      : svg("circle", { r: 18, class: "halo" });
    const element = svg("g", {
      class: isHub ? "node hub" : "node peer",
      role: "button",
      tabindex: -1,
      transform: `translate(${place.x} ${place.y})`,
    });
    element.append(halo, body, words, more);
    element.addEventListener("click", () => this.mark(id));
    element.addEventListener("focus", () => this.mark(id));
    this.layers[2].append(element);
    this.nodes.set(id, { id, element, words, more, body, halo, x: place.x, y: place.y, isHub });
  }

  pass(calls, homes) {
    const flows = new Map();
    for (const call of calls) {
      const from = homes.get(call.from);
      const to = homes.get(call.to);
      if (!from || !to) continue;
      from.passing.asked += call.rate;
      to.passing.answered += call.rate;
      from.passing.calls.push({ rate: call.rate, words: `calls ${call.service}` });
      if (to !== from) to.passing.calls.push({ rate: call.rate, words: `is called by ${nameOf(from)}` });
      if (from === to) continue;
      const key = `${from.id} ${to.id}`;
      const flow = flows.get(key) || { key, from, to, rate: 0, failing: 0 };
      flow.rate += call.rate;
      flow.failing += call.failing;
      flows.set(key, flow);
    }
    const most = [...flows.values()].sort((one, other) => other.rate - one.rate).slice(0, MOST_ARCS);
    const kept = new Set();
    for (const flow of most) {
      kept.add(flow.key);
      let arc = this.arcs.get(flow.key);
      if (!arc) {
        arc = svg("path", { d: arched(flow.from, flow.to, this.nodes), class: "arc", "marker-end": "url(#arrow)" });
        this.arcs.set(flow.key, arc);
        this.layers[1].append(arc);
      }
      arc.setAttribute("stroke-width", Math.min(6, 1.2 + Math.log2(1 + flow.rate) / 2).toFixed(1));
      arc.setAttribute("class", `arc${flow.rate ? " busy" : ""}${flow.failing > MUCH * flow.rate ? " failing" : ""}`);
    }
    for (const [key, arc] of this.arcs) {
      if (!kept.has(key)) {
        arc.remove();
        this.arcs.delete(key);
      }
    }
  }

  dress(drawn) {
    const { node, passing } = drawn;
    const name = drawn.isHub ? node.name || node.id : titleOf(node);
    set(drawn.words, short(name, LONGEST));
    const much = passing.asked + passing.answered;
    set(drawn.more, much ? `${rate(much)}/s` : "");
    if (!drawn.isHub) this.size(drawn, Math.min(18, 9 + Math.log2(1 + much + (node.members.length - 1) * 4)));
    const kind = drawn.isHub ? (node.own ? "own" : "other") : node.offers.length ? "offers" : "calls";
    const trouble = node.members.some((each) => each.suspected || each.congested || each.leaving) ? " trouble" : "";
    drawn.element.setAttribute("class", `node ${drawn.isHub ? "hub" : "peer"} ${kind}${trouble}${drawn.id === this.selected ? " chosen" : ""}`);
    const label = `${drawn.isHub ? "hub" : node.members.length > 1 ? `${node.members.length} peers` : "peer"} ${name}, ${rate(much)} calls a second${trouble ? ", in trouble" : ""}`;
    if (drawn.element.getAttribute("aria-label") !== label) drawn.element.setAttribute("aria-label", label);
  }

  size(drawn, radius) {
    if (drawn.radius && Math.abs(drawn.radius - radius) < 0.5) return;
    drawn.radius = radius;
    drawn.body.setAttribute("r", radius.toFixed(1));
    drawn.halo.setAttribute("r", (radius + 6).toFixed(1));
    drawn.words.setAttribute("y", (radius + 3 + 11 * this.zoom).toFixed(1));
    drawn.more.setAttribute("y", (radius + 3 + 23 * this.zoom).toFixed(1));
  }

  mark(id, focusable) {
    const drawn = focusable || this.nodes.get(id);
    if (!drawn) return;
    for (const each of this.nodes.values()) each.element.setAttribute("tabindex", each === drawn ? 0 : -1);
    this.selected = id;
    for (const each of this.nodes.values()) {
      each.element.classList.toggle("chosen", each.id === id);
      each.element.setAttribute("aria-pressed", String(each.id === id));
    }
    this.tell();
  }

  step(event) {
    const from = this.nodes.get(event.target.closest(".node") && this.selected);
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      return;
    }
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!from || !way) return;
    event.preventDefault();
    let best = null;
    let least = Infinity;
    for (const each of this.nodes.values()) {
      const ahead = (each.x - from.x) * way[0] + (each.y - from.y) * way[1];
      const aside = Math.abs((each.x - from.x) * way[1]) + Math.abs((each.y - from.y) * way[0]);
      if (each === from || ahead <= 0.5) continue;
      const far = ahead + aside * 2;
      if (far < least) [best, least] = [each, far];
    }
    if (best) best.element.focus();
  }

  say(hubs, peers, calls) {
    const names = new Set(peers.flatMap((peer) => peer.offers));
    const all = calls.reduce((sum, call) => sum + call.rate, 0);
    const text = `${plural(hubs.length, "hub")}, ${plural(peers.length, "peer")}, ${plural(names.size, "service")}; ${rate(all)} calls a second.`;
    set(this.summary, text);
    this.image.setAttribute("aria-label", `The mesh: ${text}`);
  }

  tell() {
    const drawn = this.nodes.get(this.selected);
    if (!drawn || !drawn.node) {
      if (!this.chosen.childNodes.length) this.chosen.append(el("p", { class: "soft" }, "Choose a hub or a peer to see what it does."));
      return;
    }
    const { node, passing } = drawn;
    const facts = drawn.isHub
      ? [["Id", node.id], ["Address", node.address || "this hub"], ["Version", node.version || "–"], ["Host", node.host || "–"]]
      : node.members.length > 1
        ? [["Peers", String(node.members.length)], ["Offer", node.offers.join(", ") || "nothing"]]
        : [["Id", node.id], ["Offers", node.offers.join(", ") || "nothing"], ["Principal", node.principal || "–"], ["Address", node.address || "–"]];
    const state = node.members.flatMap((each) => ["suspected", "congested", "leaving"].filter((name) => each[name]));
    if (state.length) facts.push(["State", [...new Set(state)].join(", ")]);
    facts.push(["Calls", `${rate(passing.asked)}/s`], ["Answers", `${rate(passing.answered)}/s`]);
    const title = drawn.isHub ? `Hub ${node.name || node.id}` : titleOf(node);
    const lines = passing.calls
      .sort((one, other) => other.rate - one.rate)
      .slice(0, 12)
      .map((call) => `${call.words}: ${rate(call.rate)}/s`);
    const said = JSON.stringify([drawn.id, facts, lines]);
    if (said === this.said) return;
    // What is read out is who was chosen, not each new number of theirs.
    this.chosen.setAttribute("aria-live", this.told === drawn.id ? "off" : "polite");
    this.said = said;
    this.told = drawn.id;
    this.chosen.replaceChildren(
      el("h3", {}, title),
      el("dl", {}, ...facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
      lines.length ? el("ul", {}, ...[...new Set(lines)].map((line) => el("li", {}, line))) : el("p", { class: "soft" }, "It neither calls nor is called."),
    );
  }
}

function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function nameOf(drawn) {
  return drawn.isHub ? `hub ${drawn.node.name || drawn.node.id}` : titleOf(drawn.node);
}

function titleOf(node) {
  if (node.members.length > 1) return `${node.members.length} × ${kindOf(node)}`;
  return node.offers.length > 1 ? `${node.offers[0]} +${node.offers.length - 1}` : node.offers[0] || node.name || node.principal || node.id;
}

function kindOf(peer) {
  if (peer.others) return "others";
  return peer.offers.length ? peer.offers.join(", ") : peer.principal || "callers";
}

// Peers of a hub that has many become one node for each kind of them.
function gather(hubs, peers) {
  const nodes = [];
  const many = peers.length > 2 * MOST_OF_A_HUB;
  for (const hub of hubs) {
    const own = peers.filter((peer) => peer.hub === hub.id);
    if (own.length <= MOST_OF_A_HUB && !many) {
      nodes.push(...own.map((peer) => ({ ...peer, members: [peer] })));
      continue;
    }
    const kinds = new Map();
    for (const peer of own) {
      const kind = kindOf(peer);
      if (!kinds.has(kind)) kinds.set(kind, []);
      kinds.get(kind).push(peer);
    }
    const sorted = [...kinds.entries()].sort(([, one], [, other]) => other.length - one.length);
    const rest = sorted.splice(MOST_KINDS - 1).flatMap(([, members]) => members);
    for (const [kind, members] of sorted) nodes.push({ ...members[0], id: `${hub.id} ${kind}`, members });
    if (rest.length) nodes.push({ ...rest[0], id: `${hub.id} and others`, offers: [], others: true, members: rest });
  }
  return nodes;
}

function placed(hubs, nodes) {
  const places = new Map();
  const span = hubs.length === 1 ? 2 * Math.PI : Math.max(1.2, (2 * Math.PI) / hubs.length + 0.5);
  const apart = hubs.length === 1 ? 0 : hubs.length === 2 ? 130 : Math.max(170, 58 * hubs.length);
  hubs.forEach((hub, place) => {
    const angle = hubs.length === 2 ? Math.PI * (1 - place) : -Math.PI / 2 + (2 * Math.PI * place) / hubs.length;
    const at = { x: Math.cos(angle) * apart * 1.25, y: Math.sin(angle) * apart, isHub: true };
    places.set(hub.id, at);
    let left = nodes.filter((node) => node.hub === hub.id);
    for (let ring = 0; left.length; ring += 1) {
      const radius = FIRST_RING + ring * NEXT_RING;
      const room = Math.max(1, Math.floor((radius * span) / ROOM));
      const here = left.slice(0, room);
      left = left.slice(room);
      here.forEach((node, number) => {
        const turn =
          hubs.length === 1
            ? angle + (span * (number + (ring % 2) / 2)) / here.length
            : angle - span / 2 + (span * (number + 0.5)) / here.length;
        places.set(node.id, { x: at.x + Math.cos(turn) * radius * 1.12, y: at.y + Math.sin(turn) * radius });
      });
    }
  });
  return places;
}

function frame(places) {
  const xs = places.map((place) => place.x);
  const ys = places.map((place) => place.y);
  const left = Math.min(...xs, -120) - 70;
  const top = Math.min(...ys, -60) - 50;
  return [left, top, Math.max(...xs, 120) + 70 - left, Math.max(...ys, 60) + 62 - top];
}

function arched(from, to, nodes) {
  const hubs = [...nodes.values()].filter((node) => node.isHub);
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  // Bent towards the nearest hub, for that is the way that a call takes; and a little aside, so that both ways are seen.
  const near = hubs.sort((one, other) => Math.hypot(one.x - middle.x, one.y - middle.y) - Math.hypot(other.x - middle.x, other.y - middle.y))[0];
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const aside = { x: (-(to.y - from.y) / length) * 16, y: ((to.x - from.x) / length) * 16 };
  const bent = { x: (middle.x + near.x) / 2 + aside.x, y: (middle.y + near.y) / 2 + aside.y };
  const start = off(from, bent, from.isHub ? 34 : 14);
  const end = off(to, bent, to.isHub ? 40 : 18);
  return `M${start.x} ${start.y}Q${Math.round(bent.x)} ${Math.round(bent.y)} ${end.x} ${end.y}`;
}

function off(from, towards, far) {
  const length = Math.hypot(towards.x - from.x, towards.y - from.y) || 1;
  return {
    x: Math.round(from.x + ((towards.x - from.x) / length) * far),
    y: Math.round(from.y + ((towards.y - from.y) / length) * far),
  };
}
