// A form for any method, made from its description. What is sent is put together as text, so that no digit is lost.

import { el, seconds } from "./words.js";

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const WHOLE = /^-?(0|[1-9]\d*)$/;

export class MethodForm {
  constructor(place, method, types) {
    this.types = types;
    this.fields = method.parameters.map((parameter) => this.field(parameter));
    place.replaceChildren(
      ...(this.fields.length
        ? this.fields.map((field) => field.element)
        : [el("p", { class: "soft" }, "It takes no arguments.")]),
    );
  }

  // Returns the arguments as JSON, or throws an error whose message is for people.
  written() {
    const args = [];
    const named = [];
    let skipped = "";
    let firstWrong = null;
    for (const field of this.fields) {
      let text;
      try {
        text = field.written();
        field.wrong("");
      } catch (error) {
        field.wrong(error.message);
        firstWrong ||= field;
        continue;
      }
      const { kind, name } = field.parameter;
      if (text === undefined) {
        if (kind === "positional" || kind === "either") skipped = name;
      } else if (kind === "rest-positional") {
        if (text !== "[]" && skipped) throw new Error(`Give '${skipped}' too, or leave '${name}' out.`);
        if (text !== "[]") args.push(text.slice(1, -1));
      } else if (kind === "rest-keyword") {
        if (text !== "{}") named.push(text.slice(1, -1));
      } else if (kind === "keyword" || (kind === "either" && skipped)) {
        named.push(`${JSON.stringify(name)}:${text}`);
      } else if (skipped) {
        throw new Error(`Give '${skipped}' too, or leave '${name}' out.`);
      } else {
        args.push(text);
      }
    }
    if (firstWrong) {
      firstWrong.input.focus();
      throw new Error("Some of what was given cannot be sent.");
    }
    return { args: `[${args.join(",")}]`, kwargs: `{${named.join(",")}}` };
  }

  field(parameter) {
    const id = `argument-${parameter.name}`;
    const shape = this.shapeOf(parameter);
    const input = shape.make(id);
    const hint = el("span", { class: "soft hint", id: `${id}-hint` }, shape.hint);
    const fault = el("span", { class: "fault", id: `${id}-fault` });
    input.setAttribute("aria-describedby", `${id}-hint ${id}-fault`);
    if (parameter.required) input.setAttribute("aria-required", "true");
    let usual = null;
    const parts = [el("label", { htmlFor: id }, parameter.name, el("code", { class: "type" }, parameter.type)), input, hint, fault];
    if (!parameter.required && !parameter.kind.startsWith("rest-")) {
      usual = el("input", { type: "checkbox", checked: true, id: `${id}-usual` });
      const text = parameter.default === undefined ? "leave it out" : `as usual: ${parameter.default}`;
      if (input.tagName === "SELECT") {
        input.prepend(el("option", { value: "", selected: true }, text));
        input.value = "";
        usual = { get checked() { return input.value === ""; } };
      } else {
        parts.splice(1, 0, el("label", { class: "usual", htmlFor: `${id}-usual` }, usual, text));
        input.addEventListener("input", () => (usual.checked = false));
      }
    }
    return {
      parameter,
      input,
      element: el("div", { class: "argument" }, ...parts),
      written: () => (usual && usual.checked ? undefined : shape.write(input.value)),
      wrong: (text) => {
        fault.textContent = text;
        input.setAttribute("aria-invalid", String(Boolean(text)));
      },
    };
  }

  shapeOf(parameter) {
    if (parameter.kind === "rest-positional") return json("[]", "any number of them, as a JSON array", "[");
    if (parameter.kind === "rest-keyword") return json("{}", "any names, as a JSON object", "{");
    const options = this.resolved(parameter.schema);
    const takesNull = options.some((each) => each.type === "null");
    const others = options.filter((each) => each.type !== "null");
    if (others.length !== 1) return others.length ? json("", "JSON: one of several types") : json("null", "null");
    return shapeOf(others[0], takesNull);
  }

  resolved(schema) {
    if (schema.anyOf) return schema.anyOf.flatMap((each) => this.resolved(each));
    if (schema.$ref) return [{ ...this.typeOf(schema.$ref), isRecord: true }];
    return [schema];
  }

  typeOf(reference) {
    const name = decodeURIComponent(reference.replace("#/components/schemas/", "")).replaceAll("~1", "/").replaceAll("~0", "~");
    return this.types[name] || {};
  }
}

function shapeOf(schema, takesNull) {
  const none = takesNull ? "; empty is null" : "";
  if (schema.enum) return choice(schema.enum.map((value) => [JSON.stringify(value), String(value)]), takesNull);
  if (schema.type === "boolean") return choice([["true", "true"], ["false", "false"]], takesNull);
  if (schema.type === "integer") return line(`a whole number${none}`, "numeric", number(WHOLE, "a whole number", takesNull));
  if (schema.type === "number") return line(`${schema.description || "a number"}${none}`, "decimal", number(NUMBER, "a number", takesNull));
  if (schema.type === "string") {
    const hint = schema.contentEncoding ? "bytes, in base64" : schema.description || (schema.format ? `a ${schema.format}` : "text");
    return text(`${hint}${none}`, takesNull, schema.format === "date" ? "date" : "text");
  }
  if (Array.isArray(schema.type) && schema.type.includes("string")) return text(`${schema.description || "text"}${none}`, takesNull, "text");
  if (schema.type === "array") return json("[]", "a JSON array", "[", takesNull);
  if (schema.type === "object") return json(exampleOf(schema), schema.isRecord ? "a JSON object" : "a JSON object", "{", takesNull);
  return anything();
}

function exampleOf(schema) {
  const names = Object.keys(schema.properties || {});
  return names.length ? `{${names.map((name) => `${JSON.stringify(name)}: `).join(", ")}}` : "{}";
}

function choice(options, takesNull) {
  const all = takesNull ? [["null", "null"], ...options] : options;
  return {
    hint: "",
    make: (id) => el("select", { id }, ...all.map(([value, shown]) => el("option", { value }, shown))),
    write: (value) => value,
  };
}

function line(hint, mode, write) {
  return { hint, write, make: (id) => el("input", { id, inputMode: mode, autocomplete: "off", spellcheck: false }) };
}

function number(pattern, what, takesNull) {
  return (value) => {
    const trimmed = value.trim();
    if (!trimmed && takesNull) return "null";
    if (!pattern.test(trimmed)) throw new Error(`This is not ${what}.`);
    return trimmed;
  };
}

function text(hint, takesNull, type) {
  return {
    hint,
    make: (id) => (type === "text" ? el("textarea", { id, rows: 1, spellcheck: false }) : el("input", { id, type })),
    write: (value) => (!value && takesNull ? "null" : JSON.stringify(value)),
  };
}

function json(example, hint, begins = "", takesNull = false) {
  return {
    hint,
    make: (id) => el("textarea", { id, rows: 2, placeholder: example, spellcheck: false, class: "code" }),
    write: (value) => {
      const trimmed = value.trim();
      if (!trimmed && takesNull) return "null";
      if (!trimmed && (example === "[]" || example === "{}")) return example;
      try {
        JSON.parse(trimmed);
      } catch {
        throw new Error("This is not JSON.");
      }
      if (begins && !trimmed.startsWith(begins) && !(takesNull && trimmed === "null")) throw new Error(`This is not ${hint}.`);
      return trimmed;
    },
  };
}

function anything() {
  return {
    hint: "JSON; what is none is taken as text",
    make: (id) => el("textarea", { id, rows: 1, spellcheck: false, class: "code" }),
    write: (value) => {
      try {
        JSON.parse(value);
        return value.trim();
      } catch {
        return JSON.stringify(value);
      }
    },
  };
}

export function outcome(answer) {
  if (answer.error) {
    const { kind, number, description, origin, details, delivered } = answer.error;
    const known = { true: "The method had begun.", false: "The method did not begin.", null: "Whether the method began is unknown." };
    return [
      el("p", { class: "bad" }, `${kind} (${number})`),
      el("p", { class: "words" }, description),
      origin ? el("p", { class: "soft" }, `Says: ${origin}`) : null,
      details ? el("pre", { tabIndex: 0, "aria-label": "Details" }, details) : null,
      el("p", { class: "soft" }, known[String(delivered)] || ""),
    ].filter(Boolean);
  }
  const { kind, text: words, cut } = answer.result;
  return [
    el("p", { class: "good" }, `Answered in ${seconds(answer.seconds)}`),
    el("pre", { tabIndex: 0, "aria-label": "Result" }, kind === "json" ? spread(words) : words),
    cut ? el("p", { class: "soft" }, "The rest is too long to be shown.") : null,
    kind === "python" ? el("p", { class: "soft" }, "JSON has no words for this, so it is shown as Python writes it.") : null,
  ].filter(Boolean);
}

function spread(words) {
  if (/\d{16}/.test(words)) return words; // numbers of which a browser would lose the end
  try {
    return JSON.stringify(JSON.parse(words), null, 2);
  } catch {
    return words;
  }
}
