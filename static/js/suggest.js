// Suggestions under the search box, as an ARIA combobox: arrows choose, Enter opens, Escape closes. Without this the
// box is a plain form.

const WAIT = 140;
const LEAST = 2;
const box = document.querySelector("[data-suggest]");
if (box) begin(box);

function begin(input) {
  const words = input.dataset;
  const list = document.createElement("ul");
  const said = document.createElement("p");
  Object.assign(list, { id: "suggestions", className: "suggest", hidden: true });
  Object.assign(said, { className: "visually-hidden" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.label);
  said.setAttribute("role", "status");
  input.form.append(list, said);
  const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  for (const [name, value] of Object.entries(roles)) input.setAttribute(name, value);

  let chosen = -1;
  let timer = 0;
  let asking;

  const options = () => [...list.children];

  function close() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(number) {
    const all = options();
    if (!all.length) return;
    chosen = (number + all.length) % all.length;
    all.forEach((option, n) => option.setAttribute("aria-selected", String(n === chosen)));
    all[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", all[chosen].id);
  }

  function show(items) {
    list.replaceChildren(...items.map(option));
    close();
    list.hidden = items.length === 0;
    input.setAttribute("aria-expanded", String(items.length > 0));
    said.textContent = items.length ? words.some.replace("{count}", items.length) : words.none;
  }

  function option(item, number) {
    const made = document.createElement("li");
    made.id = `suggestion-${number}`;
    made.dataset.href = item.href;
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    for (const [name, text] of [["label", item.label], ["hint", item.hint], ["kind", words[item.kind]]]) {
      if (!text) continue;
      const part = document.createElement("span");
      part.className = `suggest__${name}`;
      part.textContent = text;
      made.append(part, " ");
    }
    return made;
  }

  async function ask() {
    const text = input.value.trim();
    asking?.abort();
    if (text.length < LEAST) {
      close();
      said.textContent = "";
      return;
    }
    asking = new AbortController();
    const query = new URLSearchParams({ q: text });
    try {
      const answer = await fetch(`${words.suggest}?${query}`, { signal: asking.signal });
      if (answer.ok) show((await answer.json()).items);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const isOpen = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (isOpen) choose(event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? -1 : chosen - 1);
      else ask();
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && isOpen && chosen >= 0) {
      event.preventDefault();
      location.href = options()[chosen].dataset.href;
    }
  });
  // The box keeps the focus while one is pressed, else it would be closed before the press ends.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[data-href]");
    if (option) location.href = option.dataset.href;
  });
  input.addEventListener("blur", close);
}
