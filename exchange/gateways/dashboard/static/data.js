// What the hubs tell, put together: who is where, who calls whom, and how fast.

import { ERRORS, Rates, quantile } from "./words.js";

const WINDOW = 30; // seconds of which it is said how long answers took

export class Data {
  constructor() {
    this.sections = {};
    this.calls = new Rates();
    this.failures = new Rates();
    this.carried = new Rates();
    this.of_links = new Rates();
    this.errors = new Rates();
    this.counted = new Rates();
    this.before = [];
    this.totals = { calls: 0, failures: 0 };
  }

  take(name, said) {
    this.sections[name] = said;
  }

  rows(name) {
    return this.sections[name]?.rows || [];
  }

  get now() {
    return this.sections.overview?.now ?? Date.now() / 1000;
  }

  // Works out all of it anew; called when all that was told at one time has come.
  settle() {
    const overview = this.sections.overview || {};
    this.overview = overview;
    this.hubs = this.hubsNow(overview);
    this.links = this.linksNow(overview);
    this.instances = this.rows("instances");
    this.peers = this.peersNow();
    this.usage = this.usageNow(overview);
    this.flows = this.flowsNow();
    this.services = this.servicesNow();
    this.kinds = this.kindsNow();
    this.refusals = this.refusalsNow();
    this.sum = this.sumNow();
  }

  hubsNow(overview) {
    const own = { ...overview, own: true, suspected: false, address: "" };
    const others = (overview.hubs || []).map((hub) => {
      const told = this.sections.others?.[hub.identity]?.overview || {};
      return { ...hub, own: false, version: told.version, host: told.host };
    });
    return unique([own, ...others].filter((hub) => hub.id));
  }

  linksNow(overview) {
    const told = [[overview.id, overview.name, this.rows("links")]];
    for (const hub of overview.hubs || []) {
      told.push([hub.id, hub.name, this.sections.others?.[hub.identity]?.links?.rows || []]);
    }
    const keys = new Set();
    const links = told.flatMap(([id, name, rows], place) =>
      rows.map((row, number) => {
        const key = `${id} ${row.id} ${row.address} ${row.since} ${number}`;
        keys.add(`${key} in`).add(`${key} out`);
        return {
          ...row,
          key,
          hub: id,
          hubName: name || id,
          own: place === 0,
          rate_in: this.of_links.of(`${key} in`, row.bytes_in, this.now),
          rate_out: this.of_links.of(`${key} out`, row.bytes_out, this.now),
        };
      }),
    );
    this.of_links.keep(keys);
    return links;
  }

  peersNow() {
    const peers = unique(this.links.filter((link) => link.role === "peer"));
    const known = new Set([...peers.map((peer) => peer.id), ...this.hubs.map((hub) => hub.id)]);
    const names = new Map();
    for (const row of this.instances) {
      if (known.has(row.exchange)) continue;
      const hub = this.hubs.find((each) => !each.own && row.at.includes(each.id)) || this.hubs[0];
      if (!hub) continue;
      const peer = names.get(row.exchange) || { id: row.exchange, hub: hub.id, name: "", offers: [], principal: row.principal };
      if (!peer.offers.includes(row.name)) peer.offers.push(row.name);
      names.set(row.exchange, peer);
    }
    return [...peers, ...names.values()];
  }

  usageNow(overview) {
    const told = [[overview.id, overview.name, this.rows("usage")]];
    for (const hub of overview.hubs || []) {
      told.push([hub.id, hub.name, this.sections.others?.[hub.identity]?.usage?.rows || []]);
    }
    const keys = new Set();
    const usage = told.flatMap(([id, name, rows]) =>
      rows.map((row) => {
        const key = `${id} ${row.caller || `gone ${row.principal} ${row.offers}`} ${row.service}`;
        keys.add(key);
        const failed = failedOf(row.failures);
        return {
          ...row,
          key,
          hub: id,
          hubName: name || id,
          failed,
          rate: this.calls.of(key, row.calls, this.now),
          failing: this.failures.of(key, failed, this.now),
        };
      }),
    );
    this.calls.keep(keys);
    this.failures.keep(keys);
    return usage;
  }

  flowsNow() {
    const homes = new Map();
    for (const row of this.instances) {
      if (!homes.has(row.name)) homes.set(row.name, new Set());
      homes.get(row.name).add(row.exchange);
    }
    const flows = [];
    for (const row of this.usage) {
      const places = row.caller && row.service ? [...(homes.get(row.service) || [])] : [];
      for (const place of places) {
        flows.push({ from: row.caller, to: place, service: row.service, rate: row.rate / places.length, failing: row.failing / places.length });
      }
    }
    return flows;
  }

  servicesNow() {
    const metrics = this.sections.metrics || {};
    this.remember(metrics);
    const services = new Map();
    const of = (name) => {
      if (!services.has(name)) {
        services.set(name, { name, instances: 0, groups: new Set(), owing: 0, rate: 0, failing: 0, calls: 0, failed: 0, hearers: 0, trouble: "" });
      }
      return services.get(name);
    };
    for (const row of this.instances) {
      const service = of(row.name);
      service.instances += 1;
      service.owing += row.owing || 0;
      row.groups.forEach((group) => service.groups.add(group));
      service.trouble ||= row.suspected ? "suspected" : row.congested ? "congested" : row.leaving ? "leaving" : "";
    }
    for (const row of this.usage) {
      if (!services.has(row.service)) continue;
      const service = of(row.service);
      service.rate += row.rate;
      service.failing += row.failing;
      service.calls += row.calls;
      service.failed += row.failed;
    }
    for (const row of this.rows("subscriptions")) if (services.has(row.service)) of(row.service).hearers += 1;
    for (const service of services.values()) Object.assign(service, this.timesOf(service.name, metrics));
    return [...services.values()];
  }

  remember(metrics) {
    if (!metrics.services) return;
    if (!this.before.length || this.now - this.before[this.before.length - 1].now >= WINDOW / 3) {
      this.before.push({ now: this.now, services: metrics.services });
      if (this.before.length > 4) this.before.shift();
    }
  }

  timesOf(name, metrics) {
    const told = metrics.services?.[name];
    if (!told) return {};
    const before = this.before[0]?.services[name]?.buckets;
    let buckets = before ? told.buckets.map((each, place) => each - before[place]) : told.buckets;
    if (buckets.some((each) => each < 0) || !buckets.some((each) => each)) buckets = told.buckets;
    return { half: quantile(told.bounds, buckets, 0.5), most: quantile(told.bounds, buckets, 0.95) };
  }

  kindsNow() {
    const kinds = new Map();
    for (const row of this.usage) {
      for (const [number, times] of Object.entries(row.failures || {})) {
        const kind = kinds.get(number) || { number, count: 0, services: new Map() };
        kind.count += times;
        const name = row.service || "others";
        kind.services.set(name, (kind.services.get(name) || 0) + times);
        kinds.set(number, kind);
      }
    }
    return [...kinds.values()].map((kind) => ({
      ...kind,
      name: ERRORS[kind.number] || "a number of the service's own",
      rate: this.errors.of(kind.number, kind.count, this.now),
      most: [...kind.services.entries()].sort(([, one], [, other]) => other - one),
    }));
  }

  refusalsNow() {
    const counters = this.sections.metrics?.counters || {};
    return Object.entries(counters)
      .filter(([, value]) => typeof value === "number")
      .map(([name, value]) => ({ name: name.replaceAll("_", " "), count: value, rate: this.counted.of(name, value, this.now) }));
  }

  sumNow() {
    const metrics = this.sections.metrics || {};
    const add = (rows, name) => rows.reduce((all, row) => all + (row[name] || 0), 0);
    return {
      calls: add(this.usage, "rate"),
      failures: add(this.usage, "failing"),
      bytes: this.carried.of("bytes", (metrics.bytes_in || 0) + (metrics.bytes_out || 0), this.now),
      queued: metrics.queued || 0,
      outstanding: metrics.outstanding || 0,
      congested: metrics.congested || 0,
    };
  }
}

function failedOf(failures) {
  return Object.entries(failures || {}).reduce((all, [number, times]) => (number === "cancelled" ? all : all + times), 0);
}

function unique(rows) {
  const known = new Map();
  for (const row of rows) if (!known.has(row.id)) known.set(row.id, row);
  return [...known.values()];
}
