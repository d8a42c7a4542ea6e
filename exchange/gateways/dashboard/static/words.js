// Numbers, times and ids in words; and the few lines by which elements are made. All text goes in as text.

export const ERRORS = {
  41: "Overloaded",
  42: "UnsuitableValue: arguments cannot be sent",
  44: "UnsuitableValue: the result cannot be read",
  46: "ServiceUnavailable",
  47: "CallTimeout",
  48: "LinkLost",
  50: "CallError",
  51: "CallRefused",
  52: "UnsuitableValue: the result cannot be sent",
  54: "UnsuitableValue: arguments cannot be read",
  55: "MethodUnavailable",
  56: "BadArguments",
  57: "RemoteError",
  cancelled: "cancelled by the caller",
  lost: "lost with a link",
};

export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && !name.includes("-") && name !== "list") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const WHOLE = new Intl.NumberFormat("en");

export function count(number) {
  if (number === undefined || number === null) return "–";
  if (Math.abs(number) < 1e6) return WHOLE.format(Math.round(number));
  return new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(number);
}

export function rate(number) {
  if (!number) return "0";
  if (number < 10) return number.toFixed(1);
  return count(number);
}

export function bytes(number) {
  if (!number) return "0 B";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let place = 0;
  while (number >= 1024 && place < units.length - 1) {
    number /= 1024;
    place += 1;
  }
  return `${number < 10 && place ? number.toFixed(1) : Math.round(number)} ${units[place]}`;
}

export function seconds(number) {
  if (number === undefined || number === null || Number.isNaN(number)) return "–";
  if (number < 0.001) return `${Math.round(number * 1e6)} µs`;
  if (number < 1) return `${number < 0.01 ? (number * 1e3).toFixed(1) : Math.round(number * 1e3)} ms`;
  return number < 10 ? `${number.toFixed(1)} s` : `${Math.round(number)} s`;
}

export function age(number) {
  if (number === undefined || number === null) return "–";
  const whole = Math.max(0, Math.floor(number));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

export function plural(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

export function short(text, most) {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

// How people see an identity that is given in digits; as exchange.wire.identities does.
export function readable(digits) {
  const pairs = digits.slice(0, 12).match(/../g) || [];
  const raw = String.fromCharCode(...pairs.map((pair) => parseInt(pair, 16)));
  const start = btoa(raw).replaceAll("+", "-").replaceAll("/", "_");
  return digits.length === 40 ? `${start}.${parseInt(digits.slice(32), 16)}` : start;
}

// Tells how fast counts grow: over the last few times that they were told.
export class Rates {
  constructor(most = 4) {
    this.most = most;
    this.known = new Map();
  }

  of(key, counted, now) {
    let series = this.known.get(key);
    if (series && counted < series[series.length - 1][1]) series = undefined;
    if (!series) {
      this.known.set(key, [[now, counted]]);
      return 0;
    }
    if (now > series[series.length - 1][0]) {
      series.push([now, counted]);
      if (series.length > this.most) series.shift();
    }
    const [then, before] = series[0];
    return now > then ? (counted - before) / (now - then) : 0;
  }

  keep(keys) {
    for (const key of this.known.keys()) if (!keys.has(key)) this.known.delete(key);
  }
}

// The time within which a part of all answers came, by how many came within each bound.
export function quantile(bounds, buckets, part) {
  const all = buckets.reduce((sum, each) => sum + each, 0);
  if (!all) return undefined;
  let left = all * part;
  for (let place = 0; place < buckets.length; place += 1) {
    if (left <= buckets[place]) {
      if (place >= bounds.length) return bounds[bounds.length - 1];
      const low = place ? bounds[place - 1] : 0;
      return low + (bounds[place] - low) * (buckets[place] ? left / buckets[place] : 1);
    }
    left -= buckets[place];
  }
  return bounds[bounds.length - 1];
}
