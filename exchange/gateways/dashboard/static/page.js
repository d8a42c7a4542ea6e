// The page: listens to what the hub tells, and shows the part of it that is looked at.

import { Data } from "./data.js";
import { MethodForm, outcome } from "./form.js";
import { Mesh } from "./mesh.js";
import { Table } from "./table.js";
import { age, bytes, count, el, plural, rate, seconds, short, svg } from "./words.js";

const HISTORY = 60;
const REPORTS_EVERY = 5;
const RETRY = 5;

const at = (id) => document.getElementById(id);
const data = new Data();

// ---------------------------------------------------------------- asking

async function ask(path, said, signal) {
  const options = said === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: said };
  let answer;
  try {
    answer = await fetch(`api/${path}`, { ...options, credentials: "same-origin", signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The hub does not answer.");
  }
  if (!answer.ok) throw new Error((await answer.text()).trim() || `${answer.status} ${answer.statusText}`);
  return answer.json();
}

// ---------------------------------------------------------------- live

const live = { source: null, paused: false, timer: 0, last: 0 };

function listen() {
  clearTimeout(live.timer);
  if (live.source || live.paused || document.hidden) return;
  state("waiting", "Connecting");
  const source = new EventSource("api/live");
  live.source = source;
  for (const name of ["overview", "links", "instances", "usage", "subscriptions", "metrics", "others"]) {
    source.addEventListener(name, (event) => data.take(name, JSON.parse(event.data)));
  }
  source.addEventListener("look", () => {
    live.last = Date.now();
    state("live", "Live");
    data.settle();
    draw();
  });
  source.onerror = () => {
    state("lost", "Reconnecting");
    if (source.readyState !== EventSource.CLOSED) return;
    stop();
    state("lost", "No connection");
    ask("state").then(
      () => say(""),
      (error) => say(error.message),
    );
    live.timer = setTimeout(listen, RETRY * 1000);
  };
}

function stop() {
  clearTimeout(live.timer);
  live.source?.close();
  live.source = null;
}

function state(name, words) {
  if (at("state").dataset.state !== name) at("state").dataset.state = name;
  if (at("state-text").textContent !== words) at("state-text").textContent = words;
}

function say(words) {
  if (at("notice").textContent !== words) at("notice").textContent = words;
}

at("pause").addEventListener("click", () => {
  live.paused = !live.paused;
  at("pause").setAttribute("aria-pressed", String(live.paused));
  document.documentElement.classList.toggle("paused", live.paused);
  if (live.paused) {
    stop();
    state("paused", "Paused");
  } else {
    listen();
  }
});

document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
addEventListener("pagehide", stop);

// ---------------------------------------------------------------- colours

const scheme = at("scheme");
scheme.value = document.documentElement.dataset.scheme || "auto";
scheme.addEventListener("change", () => {
  if (scheme.value === "auto") delete document.documentElement.dataset.scheme;
  else document.documentElement.dataset.scheme = scheme.value;
  try {
    localStorage.setItem("exchange-scheme", scheme.value);
  } catch {
    // storage may be forbidden; the choice holds until the page is left
  }
});

// ---------------------------------------------------------------- tabs

const tabs = [...at("tabs").querySelectorAll("[role=tab]")];
let current = "mesh";

function go(name, then) {
  const tab = tabs.find((each) => each.id === `tab-${name}`) || tabs[0];
  current = tab.id.replace("tab-", "");
  for (const each of tabs) {
    const chosen = each === tab;
    each.setAttribute("aria-selected", String(chosen));
    each.tabIndex = chosen ? 0 : -1;
    at(each.getAttribute("aria-controls")).hidden = !chosen;
  }
  tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  draw();
  then?.();
}

function follow() {
  const [name, rest] = location.hash.slice(1).split("/");
  go(name || "mesh", () => {
    if (name === "try" && rest) chooseService(decodeURIComponent(rest));
  });
  if (current === "reports") readReports();
}

at("tabs").addEventListener("click", (event) => {
  const tab = event.target.closest("[role=tab]");
  if (tab) location.hash = tab.id.replace("tab-", "");
});

at("tabs").addEventListener("keydown", (event) => {
  const place = tabs.indexOf(document.activeElement);
  const next = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (place < 0 || next === undefined) return;
  event.preventDefault();
  const tab = tabs[(next + tabs.length) % tabs.length];
  tab.focus();
  location.hash = tab.id.replace("tab-", "");
});

addEventListener("hashchange", follow);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  at(`panel-${current}`).focus();
});

// ---------------------------------------------------------------- figures

const figures = [
  { title: "Hubs", of: () => data.hubs.length },
  { title: "Peers", of: () => data.peers.length },
  { title: "Services", of: () => data.services.length, more: () => plural(data.instances.length, "instance") },
  { title: "Calls/s", of: () => data.sum.calls, show: rate, line: true },
  { title: "Failures/s", of: () => data.sum.failures, show: rate, line: true, bad: (value) => value > 0 },
  { title: "Traffic", of: () => data.sum.bytes, show: (value) => `${bytes(value)}/s`, line: true },
  {
    title: "Waiting",
    of: () => data.sum.queued,
    show: bytes,
    more: () => `${plural(data.sum.outstanding, "call")} under way`,
    bad: () => data.sum.congested > 0,
  },
];

for (const figure of figures) {
  figure.value = el("span", { class: "value" });
  figure.note = el("span", { class: "soft note" });
  figure.past = [];
  const parts = [figure.value];
  if (figure.line) {
    figure.path = svg("polyline", { points: "", class: "spark" });
    parts.push(svg("svg", { viewBox: "0 0 100 24", "aria-hidden": "true", class: "sparkline", preserveAspectRatio: "none" }, figure.path));
  }
  if (figure.more) parts.push(figure.note);
  figure.element = el("div", { class: "figure" }, el("dt", {}, figure.title), el("dd", {}, ...parts));
  at("figures").append(figure.element);
}

function drawFigures() {
  for (const figure of figures) {
    const value = figure.of();
    const text = (figure.show || count)(value);
    if (figure.value.textContent !== text) figure.value.textContent = text;
    if (figure.more) figure.note.textContent = figure.more();
    figure.element.classList.toggle("alarm", Boolean(figure.bad?.(value)));
    if (!figure.line) continue;
    figure.past.push(value);
    if (figure.past.length > HISTORY) figure.past.shift();
    const most = Math.max(...figure.past, 1e-9);
    const from = HISTORY - figure.past.length;
    const points = figure.past.map((each, place) => `${(((from + place) / (HISTORY - 1)) * 100).toFixed(1)},${(22 - (each / most) * 20).toFixed(1)}`);
    figure.path.setAttribute("points", points.join(" "));
  }
}

// ---------------------------------------------------------------- the picture and the tables

const mesh = new Mesh(at("picture"), at("summary"), at("chosen"));

const standing = (row) =>
  ["suspected", "congested", "leaving"].filter((name) => row[name]).join(", ") || "fine";
const isFine = (row) => (standing(row) === "fine" ? "good" : "bad");
const text = (name) => (row) => (row[name] === undefined || row[name] === null || row[name] === "" ? "–" : String(row[name]));
const number = (title, name, show = count, more = {}) => ({
  title,
  number: true,
  text: (row) => show(row[name]),
  order: (row) => row[name] ?? -1,
  ...more,
});
const button = (words, label, act, kind = "") => (row) => {
  const made = el("button", { type: "button", class: `small ${kind}`, onclick: () => act(row()) }, words);
  made.setAttribute("aria-label", label(row()));
  return made;
};

const tables = {
  services: new Table(at("panel-services"), {
    caption: "Services that are known here",
    empty: "No service is known here yet.",
    key: (row) => row.name,
    columns: [
      { title: "Service", text: text("name") },
      number("Instances", "instances"),
      number("Calls/s", "rate", rate),
      number("Calls", "calls", count, { minor: true }),
      number("Failures", "failed", count),
      number("Half within", "half", seconds, { minor: true }),
      number("95 % within", "most", seconds),
      number("Owed", "owing", count, { minor: true }),
      number("Subscriptions", "hearers", count, { minor: true }),
      { title: "Groups", text: (row) => [...row.groups].join(", ") || "–", minor: true },
      { title: "State", text: (row) => row.trouble || "fine", state: (row) => (row.trouble ? "bad" : "good"), minor: true },
      { title: "Try a method", make: button("Try", (row) => `Try a method of ${row.name}`, (row) => (location.hash = `try/${encodeURIComponent(row.name)}`)) },
    ],
  }),
  instances: new Table(at("panel-instances"), {
    caption: "Instances of services",
    empty: "No instance is known here yet.",
    key: (row) => row.id,
    columns: [
      { title: "Service", text: text("name") },
      { title: "Id", text: text("id") },
      { title: "At", text: (row) => row.at, wide: true },
      { title: "Groups", text: (row) => row.groups.join(", ") || "–", minor: true },
      { title: "Audience", text: (row) => (row.audience === "*" ? "everybody" : row.audience || "its process"), minor: true },
      { title: "Principal", text: text("principal"), minor: true },
      number("Owed", "owing"),
      { title: "Offers", text: (row) => row.digest.slice(0, 8) || "–", minor: true },
      { title: "State", text: standing, state: isFine },
    ],
  }),
  links: new Table(at("panel-links"), {
    caption: "Links of this hub, and of those it is linked with",
    empty: "Nobody is linked.",
    key: (row) => row.key,
    sort: 2,
    columns: [
      { title: "Far end", text: (row) => (row.name ? `${row.name} (${row.id})` : row.id) },
      { title: "Is a", text: text("role") },
      { title: "Of hub", text: text("hubName"), order: (row) => `${row.own ? 0 : 1} ${row.hubName} ${row.role} ${row.name || row.offers.join() || "~"}`, minor: true },
      { title: "Offers", text: (row) => row.offers.join(", ") || "–", wide: true, minor: true },
      { title: "Principal", text: text("principal"), minor: true },
      { title: "Address", text: text("address"), minor: true },
      number("In", "rate_in", (value) => `${bytes(value)}/s`),
      number("Out", "rate_out", (value) => `${bytes(value)}/s`),
      number("Waiting", "queued", bytes),
      number("Owes", "owing", count, { minor: true }),
      number("Asks", "asking", count, { minor: true }),
      { title: "Since", text: (row) => age(data.now - row.since), order: (row) => row.since, minor: true },
      { title: "State", text: standing, state: isFine },
      {
        title: "End the link",
        make: button("End", (row) => `End the link to ${row.name || row.id}`, (row) => kick(row), "danger"),
        look: (made, row) => (made.hidden = !row.own),
      },
    ],
  }),
  calls: new Table(at("panel-calls"), {
    caption: "Who calls what",
    empty: "Nobody has called anything yet.",
    key: (row) => row.key,
    sort: 2,
    descending: true,
    columns: [
      { title: "Caller", text: (row) => callerOf(row) },
      { title: "Calls", text: (row) => row.service || "others" },
      number("Calls/s", "rate", rate),
      number("In all", "calls"),
      number("Failed", "failed"),
      { title: "Usually in", number: true, text: (row) => seconds(meanOf(row)), order: (row) => meanOf(row) ?? -1, minor: true },
      { title: "Last", number: true, text: (row) => (row.last ? `${age(data.now - row.last)} ago` : "–"), order: (row) => -row.last, minor: true },
      { title: "By hub", text: text("hubName"), minor: true },
    ],
  }),
  reports: new Table(at("reports"), {
    caption: "Reports that are kept for those who come late",
    empty: "Nobody keeps a report.",
    key: (row) => `${row.instance} ${row.subject}`,
    columns: [
      { title: "Subject", text: text("subject") },
      { title: "Service", text: text("service") },
      { title: "Content", text: (row) => short(row.content.text, 200), wide: true },
      { title: "Age", number: true, text: (row) => age(clockNow() - row.posted), order: (row) => -row.posted },
      { title: "Kept for", number: true, text: (row) => (row.remaining === null ? "ever" : age(row.remaining - (clockNow() - reports.told))), order: (row) => row.remaining ?? Infinity, minor: true },
      number("Number", "number", count, { minor: true }),
    ],
  }),
  subscriptions: new Table(at("subscriptions"), {
    caption: "Who subscribes to the reports of what",
    empty: "Nobody subscribes to anything.",
    key: (row) => row.key,
    columns: [
      { title: "Subscriber", text: (row) => (row.offers.length ? `${row.offers[0]} (${row.subscriber})` : row.principal || row.subscriber) },
      { title: "Service", text: text("service") },
      { title: "Subjects", text: text("pattern") },
    ],
  }),
  errors: new Table(at("panel-errors"), {
    caption: "Calls that failed, by the kind of the error",
    empty: "No call has failed.",
    key: (row) => row.number,
    sort: 2,
    descending: true,
    columns: [
      { title: "Number", text: text("number") },
      { title: "Kind", text: text("name") },
      number("How many", "count"),
      number("A second", "rate", rate),
      { title: "Of services", text: (row) => row.most.slice(0, 5).map(([name, times]) => `${name} ${count(times)}`).join(", "), wide: true },
    ],
  }),
  refusals: new Table(at("panel-errors"), {
    caption: "What this hub has counted",
    empty: "Nothing is counted.",
    key: (row) => row.name,
    columns: [{ title: "What", text: text("name") }, number("How many", "count"), number("A second", "rate", rate)],
  }),
};

const meanOf = (row) => (row.calls ? row.seconds / row.calls : undefined);

function callerOf(row) {
  const who = row.offers.length ? row.offers.join(", ") : row.principal || "";
  if (!row.caller) return who ? `${who} (gone)` : "callers that are gone";
  return who ? `${who} (${row.caller})` : row.caller;
}

function keyed(rows) {
  const known = new Map();
  return rows.map((row) => {
    const key = `${row.subscriber} ${row.service} ${row.pattern}`;
    known.set(key, (known.get(key) || 0) + 1);
    return { ...row, key: `${key} ${known.get(key)}` };
  });
}

const counted = (name) => data.sections[name]?.count;

const drawn = {
  mesh: () => mesh.show(data.hubs, data.peers, data.flows),
  services: () => tables.services.show(data.services),
  instances: () => tables.instances.show(data.instances, counted("instances")),
  links: () => tables.links.show(data.links),
  calls: () => tables.calls.show(data.usage),
  reports: () => {
    tables.subscriptions.show(keyed(data.rows("subscriptions")), counted("subscriptions"));
    offer(at("reports-service"), [["", "all services"], ...data.services.map((each) => [each.name, each.name])]);
  },
  errors: () => {
    tables.errors.show(data.kinds);
    tables.refusals.show(data.refusals);
  },
  try: () => offerServices(),
};

function draw() {
  if (!data.overview) return;
  const { overview } = data;
  const fault = overview.error || data.sections.links?.error;
  if (fault) say(fault);
  else if (at("notice").textContent && at("notice").dataset.kind !== "news") say("");
  const name = overview.name || overview.id || "exchange";
  if (at("hub").textContent !== name) {
    at("hub").textContent = name;
    document.title = `${name} – exchange`;
  }
  const group = overview.group ? `, group ${overview.group}` : "";
  at("about").textContent = overview.id ? `hub ${overview.id}${group}, up ${age(data.now - overview.started)}${overview.leaving ? ", leaving" : ""}` : "";
  at("versions").textContent = overview.version === undefined ? "" : `exchange ${overview.version}, wire ${overview.wire}, Python ${overview.python}, process ${overview.pid} on ${overview.host}`;
  drawFigures();
  drawn[current]();
  tellNews();
}

let before = null;

function tellNews() {
  const hubs = new Map(data.hubs.map((hub) => [hub.id, hub.name || hub.id]));
  if (before) {
    const came = [...hubs].filter(([id]) => !before.has(id)).map(([, name]) => `Hub ${name} is linked.`);
    const went = [...before].filter(([id]) => !hubs.has(id)).map(([, name]) => `Hub ${name} is gone.`);
    if (came.length || went.length) news([...came, ...went].join(" "));
  }
  before = hubs;
}

function news(words) {
  at("notice").dataset.kind = "news";
  say(words);
  clearTimeout(news.timer);
  news.timer = setTimeout(() => {
    delete at("notice").dataset.kind;
    say("");
  }, 12000);
}

// ---------------------------------------------------------------- ending a link

let toKick = null;

function kick(row) {
  toKick = row;
  at("kick-text").textContent = `The ${row.role} ${row.name || row.id}${row.address ? ` at ${row.address}` : ""} loses its link to this hub; it may dial again. Calls that it owes or waits for fail.`;
  at("kick-reason").value = "";
  at("kick").returnValue = "";
  at("kick").showModal();
}

at("kick").addEventListener("close", async () => {
  const row = toKick;
  toKick = null;
  if (!row || at("kick").returnValue !== "yes") return;
  try {
    const answer = await ask("kick", JSON.stringify({ link: row.id, reason: at("kick-reason").value }));
    news(answer.error ? answer.error.description : `${plural(answer.ended, "link")} to ${row.name || row.id} ended.`);
  } catch (error) {
    news(error.message);
  }
});

// ---------------------------------------------------------------- reports

const reports = { told: 0, at: 0, asking: false, first: true };

function clockNow() {
  return reports.told + (performance.now() - reports.at) / 1000;
}

async function readReports() {
  if (reports.asking) return;
  reports.asking = true;
  if (reports.first) at("reports-state").textContent = "asking…";
  try {
    const service = at("reports-service").value;
    const answer = await ask(`reports?service=${encodeURIComponent(service)}`);
    if (answer.error) throw new Error(answer.error.description);
    reports.told = answer.now;
    reports.at = performance.now();
    tables.reports.show(answer.rows, answer.count);
    const words = answer.whole ? "" : "Not all publishers have answered in time.";
    if (at("reports-state").textContent !== words) at("reports-state").textContent = words;
    reports.first = false;
  } catch (error) {
    at("reports-state").textContent = error.message;
  }
  reports.asking = false;
}

at("reports-form").addEventListener("submit", (event) => {
  event.preventDefault();
  reports.first = true;
  readReports();
});
at("reports-service").addEventListener("change", readReports);

setInterval(() => {
  if (current !== "reports" || live.paused || document.hidden) return;
  tables.reports.draw();
  if (performance.now() - reports.at > REPORTS_EVERY * 1000) readReports();
}, 1000);

// ---------------------------------------------------------------- trying a method

const trying = { service: "", description: null, form: null, stop: null };

function offer(select, options) {
  const said = JSON.stringify(options);
  if (select.dataset.said === said) return;
  select.dataset.said = said;
  const value = select.value;
  select.replaceChildren(...options.map(([each, shown]) => el("option", { value: each }, shown)));
  if (options.some(([each]) => each === value)) select.value = value;
}

function offerServices() {
  const names = data.services.map((each) => each.name).sort((one, other) => one.localeCompare(other));
  const options = names.length ? names.map((name) => [name, name]) : [["", "no service is known"]];
  if (trying.service && !names.includes(trying.service)) options.push([trying.service, `${trying.service} (gone)`]);
  offer(at("try-service"), options);
  if (!trying.service && names.length) chooseService(names[0]);
  else if (trying.service) at("try-service").value = trying.service;
  offerInstances();
}

function offerInstances() {
  const ids = data.instances.filter((row) => row.name === trying.service).map((row) => row.id);
  offer(at("try-instance"), [["", "any"], ...ids.map((id) => [id, id])]);
}

async function chooseService(name) {
  trying.service = name;
  trying.description = null;
  offerServices();
  at("try-service").value = name;
  at("try-send").disabled = true;
  at("try-about").textContent = "asking what it offers…";
  at("try-inputs").replaceChildren();
  offer(at("try-method"), []);
  try {
    const said = await ask(`describe?service=${encodeURIComponent(name)}`);
    if (trying.service !== name) return;
    if (said.error) throw new Error(said.error.description);
    trying.description = said;
    const methods = said.methods.map((method) => method.name).sort((one, other) => one.localeCompare(other));
    offer(at("try-method"), methods.length ? methods.map((each) => [each, each]) : [["", "it offers no method"]]);
    chooseMethod();
  } catch (error) {
    if (trying.service === name) at("try-about").textContent = error.message;
  }
}

function chooseMethod() {
  const method = trying.description?.methods.find((each) => each.name === at("try-method").value);
  at("try-send").disabled = !method;
  if (!method) {
    at("try-about").textContent = trying.description?.documentation || "";
    return;
  }
  const returns = method.returns && method.returns !== "any" ? ` Returns ${method.returns}.` : "";
  at("try-about").textContent = `${method.documentation || "It is not documented."}${returns}`;
  trying.form = new MethodForm(at("try-inputs"), method, trying.description.types);
}

at("try-service").addEventListener("change", () => {
  history.replaceState(null, "", `#try/${encodeURIComponent(at("try-service").value)}`);
  chooseService(at("try-service").value);
});
at("try-method").addEventListener("change", chooseMethod);

at("try-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (at("try-send").disabled || !trying.form) return;
  const result = at("try-result");
  const stopped = new AbortController();
  try {
    const { args, kwargs } = trying.form.written();
    const timeout = Number(at("try-timeout").value);
    if (!(timeout > 0 && timeout <= 300)) throw new Error("Seconds to wait are from 0 to 300.");
    const parts = { service: trying.service, method: at("try-method").value, instance: at("try-instance").value, timeout };
    const said = `${JSON.stringify(parts).slice(0, -1)},"args":${args},"kwargs":${kwargs}}`;
    at("try-send").disabled = true;
    at("try-stop").hidden = false;
    trying.stop = stopped;
    result.replaceChildren(el("p", { class: "soft" }, "Calling…"));
    result.replaceChildren(...outcome(await ask("call", said, stopped.signal)));
  } catch (error) {
    result.replaceChildren(el("p", { class: "bad" }, error.name === "AbortError" ? "Nobody waits for the answer any more." : error.message));
  }
  at("try-send").disabled = false;
  at("try-stop").hidden = true;
});

at("try-stop").addEventListener("click", () => {
  trying.stop?.abort();
  at("try-send").focus();
});

// ---------------------------------------------------------------- and so it begins

follow();
listen();
