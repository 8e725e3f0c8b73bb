// Suggestions while one types: the combobox pattern of the ARIA Authoring Practices, with a list.
// Without this script the field is a plain form that leads to /find.
"use strict";

class Suggest {
  constructor(input) {
    this.input = input;
    this.list = document.createElement("ul");
    this.told = document.createElement("span");
    this.items = [];
    this.at = -1;
    this.list.id = `${input.id}-list`;
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.dataset.list);
    this.told.className = "visually-hidden";
    this.told.setAttribute("role", "status");
    const combo = document.createElement("div");
    combo.className = "combo";
    input.before(combo);
    combo.append(input, this.list, this.told);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": this.list.id,
    })) input.setAttribute(name, value);
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const item = event.target.closest("li");
      if (item) this.go(this.items[[...this.list.children].indexOf(item)]);
    });
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(this.input.value.trim()), 60);
  }

  async ask(words) {
    this.waiting?.abort();
    if (!words) return this.close();
    this.waiting = new AbortController();
    try {
      const answer = await fetch(`${this.input.dataset.suggest}&q=${encodeURIComponent(words)}`,
        { signal: this.waiting.signal, headers: { Accept: "application/json" } });
      if (answer.ok) this.show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(items) {
    this.items = items;
    this.at = -1;
    this.list.replaceChildren(...items.map((item, number) => this.option(item, number)));
    this.input.removeAttribute("aria-activedescendant");
    this.open(items.length > 0);
    this.told.textContent = items.length
      ? `${items.length} ${this.input.dataset.many}` : this.input.dataset.none;
  }

  option(item, number) {
    const option = document.createElement("li");
    const label = document.createElement("span");
    const what = document.createElement("span");
    option.id = `${this.list.id}-${number}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    label.dir = "auto";
    label.textContent = item.label;
    what.className = "what";
    what.textContent = item.what;
    option.append(label, what);
    return option;
  }

  key(event) {
    const count = this.items.length;
    if (event.key === "Escape") {
      if (!this.list.hidden) event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && this.at >= 0) {
      event.preventDefault();
      this.go(this.items[this.at]);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      event.preventDefault();
      this.open(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.mark(this.at < 0 && step < 0 ? count - 1 : this.at + step);
    }
  }

  mark(at) {
    this.at = at >= this.items.length || at < 0 ? -1 : at;
    [...this.list.children].forEach((option, number) => {
      option.setAttribute("aria-selected", String(number === this.at));
      if (number === this.at) {
        this.input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    });
    if (this.at < 0) this.input.removeAttribute("aria-activedescendant");
  }

  open(shown) {
    this.list.hidden = !shown;
    this.input.setAttribute("aria-expanded", String(shown));
  }

  close() {
    this.open(false);
    this.mark(-1);
  }

  go(item) {
    if (!this.input.dataset.fill) {
      // The day and the language that the reader chose go along.
      const page = new URL(item.page, location.href), here = new URLSearchParams(location.search);
      for (const name of ["on", "lang", "succession"]) if (here.get(name)) page.searchParams.set(name, here.get(name));
      return location.assign(page);
    }
    this.input.value = item.iri.split("/").pop();
    this.close();
  }
}

for (const input of document.querySelectorAll("input[data-suggest]")) new Suggest(input);
