// Tables whose rows stay where they are while what is in them changes: to be sorted, filtered and read out.

import { count, el, plural } from "./words.js";

const STEP = 200;

export class Table {
  // columns: [{ title, text(row), order(row), number, minor, make(row, tell), title }]
  constructor(place, { caption, columns, key, empty, sort = 0, descending = false }) {
    this.columns = columns;
    this.key = key;
    this.sort = sort;
    this.descending = descending;
    this.most = STEP;
    this.rows = [];
    this.shown = new Map();
    this.empty = empty;
    this.filter = el("input", {
      type: "search",
      placeholder: "Filter",
      "aria-label": `Filter: ${caption}`,
      oninput: () => this.draw(),
    });
    this.note = el("span", { class: "soft", role: "status" });
    this.more = el("button", { type: "button", hidden: true, onclick: () => this.showMore() }, "Show more");
    this.heads = columns.map((column, place_) => this.head(column, place_));
    this.body = el("tbody");
    this.nothing = el("p", { class: "nothing soft" }, empty);
    const table = el(
      "table",
      {},
      el("caption", {}, caption),
      el("thead", {}, el("tr", {}, ...this.heads)),
      this.body,
    );
    this.scroll = el("div", { class: "scroll", role: "region", "aria-label": caption, tabIndex: 0 }, table);
    this.bar = el("div", { class: "bar" }, this.filter, this.note);
    place.append(this.bar, this.scroll, this.nothing, this.more);
    this.draw();
  }

  head(column, place) {
    const head = el("th", { scope: "col", class: this.classOf(column) });
    if (column.make) {
      head.append(el("span", { class: "hidden" }, column.title));
      return head;
    }
    head.append(
      el("button", { type: "button", class: "sort", onclick: () => this.sortBy(place) }, column.title),
    );
    return head;
  }

  classOf(column) {
    return [column.number ? "number" : "", column.minor ? "minor" : "", column.wide ? "wide" : "", column.make ? "action" : ""].join(" ").trim();
  }

  sortBy(place) {
    this.descending = this.sort === place ? !this.descending : Boolean(this.columns[place].number);
    this.sort = place;
    this.draw(true);
  }

  showMore() {
    this.most += STEP;
    this.draw(true);
    if (this.more.hidden) this.scroll.focus();
  }

  show(rows, counted = rows.length) {
    this.rows = rows;
    this.counted = counted;
    this.draw();
  }

  draw(always = false) {
    const wanted = this.filter.value.trim().toLowerCase();
    let rows = this.rows;
    if (wanted) rows = rows.filter((row) => this.wordsOf(row).includes(wanted));
    const column = this.columns[this.sort];
    const order = column.order || column.text;
    rows = rows
      .map((row) => [order(row), row])
      .sort(([one], [other]) => compared(one, other) * (this.descending ? -1 : 1))
      .map(([, row]) => row);
    this.heads.forEach((head, place) => {
      if (place === this.sort) head.setAttribute("aria-sort", this.descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    this.fill(rows.slice(0, this.most), always);
    this.more.hidden = rows.length <= this.most;
    this.nothing.hidden = rows.length > 0;
    this.scroll.hidden = !rows.length;
    this.bar.hidden = !wanted && !this.rows.length;
    this.nothing.textContent = wanted && this.rows.length ? "Nothing fits the filter." : this.empty;
    this.tell(rows.length, Boolean(wanted));
  }

  tell(found, isFiltered) {
    const all = this.counted ?? this.rows.length;
    const text = isFiltered ? `${count(found)} of ${count(all)}` : plural(all, "row");
    const cut = all > this.rows.length ? `, of which ${count(this.rows.length)} are told` : "";
    const said = all ? text + cut : "";
    if (this.note.textContent !== said) this.note.textContent = said;
  }

  wordsOf(row) {
    return this.columns
      .filter((column) => column.text)
      .map((column) => column.text(row))
      .join("\n")
      .toLowerCase();
  }

  fill(rows, always) {
    const keys = new Set();
    // A row that moves would lose the focus that is in it.
    const isHeld = !always && this.body.contains(document.activeElement);
    rows.forEach((row, place) => {
      const key = this.key(row);
      if (keys.has(key)) return;
      keys.add(key);
      let shown = this.shown.get(key);
      if (!shown) {
        shown = this.make(row);
        this.shown.set(key, shown);
        if (isHeld) this.body.append(shown.element);
      }
      shown.row = row;
      this.update(shown);
      if (!isHeld && this.body.children[place] !== shown.element) {
        this.body.insertBefore(shown.element, this.body.children[place] || null);
      }
    });
    for (const [key, shown] of this.shown) {
      if (!keys.has(key)) {
        shown.element.remove();
        this.shown.delete(key);
      }
    }
  }

  make(row) {
    const shown = { row, cells: [] };
    shown.element = el("tr");
    this.columns.forEach((column, place) => {
      const cell = el(place === 0 ? "th" : "td", { class: this.classOf(column) });
      if (place === 0) cell.scope = "row";
      if (column.make) cell.append(column.make(() => shown.row));
      shown.cells.push(cell);
      shown.element.append(cell);
    });
    return shown;
  }

  update(shown) {
    this.columns.forEach((column, place) => {
      const cell = shown.cells[place];
      if (column.make) {
        if (column.look) column.look(cell.firstChild, shown.row);
        return;
      }
      const text = column.text(shown.row);
      if (cell.textContent !== text) cell.textContent = text;
      if (column.state) cell.dataset.state = column.state(shown.row);
    });
  }
}

function compared(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one).localeCompare(String(other), "en", { numeric: true });
}
