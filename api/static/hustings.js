"use strict";
/* What pages do better with a script: suggestions while typing, filters without a new page, keys, waiting.
   Everything here has a plain link or form beneath it that does the same. */
(() => {
  const root = document.body.dataset.root;
  const box = document.getElementById("q");
  const spoken = document.getElementById("spoken");

  /* Suggestions: a combobox as the ARIA practices describe it. */
  const list = document.createElement("ul");
  let asked = 0, chosen = -1, timer = 0, running = null;
  if (box) {
    list.id = "suggestions";
    list.className = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    list.hidden = true;
    box.after(list);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"],
      ["aria-controls", list.id], ["aria-expanded", "false"]]) box.setAttribute(name, value);
    box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(suggest, 120); });
    box.addEventListener("keydown", steer);
    box.addEventListener("blur", () => setTimeout(close, 150));
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => take(event.target.closest("li")));
  }

  async function suggest() {
    const text = box.value.trim();
    const number = ++asked;
    if (running) running.abort();
    if (text.length < 2 || text.length > 200) return close();
    running = new AbortController();
    try {
      const answer = await fetch(`${root}/api/v1/suggest?q=${encodeURIComponent(text)}`, { signal: running.signal });
      if (!answer.ok) return close();
      const found = (await answer.json()).suggestions;
      if (number === asked && document.activeElement === box) show(found);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  function show(found) {
    list.replaceChildren(...found.map((one, index) => {
      const item = document.createElement("li");
      item.id = `suggestion-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.query = one.query;
      const kind = document.createElement("span");
      kind.textContent = `${one.kind}, ${one.count}`;
      const name = document.createElement("bdi");
      name.textContent = one.text;
      item.append(name, " ", kind);
      return item;
    }));
    chosen = -1;
    box.removeAttribute("aria-activedescendant");
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    if (found.length) spoken.textContent = `${found.length} suggestions; use the arrow keys`;
  }

  function close() {
    asked += 1;
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function steer(event) {
    if (list.hidden) {
      if (event.key === "ArrowDown") suggest();
      return;
    }
    const items = [...list.children];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      chosen = (chosen + step + items.length + 1 + (chosen < 0 && step < 0 ? 1 : 0)) % (items.length + 1);
      if (chosen === items.length) chosen = step > 0 ? 0 : items.length - 1;
      items.forEach((item, index) => item.setAttribute("aria-selected", String(index === chosen)));
      box.setAttribute("aria-activedescendant", items[chosen].id);
      items[chosen].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      take(items[chosen]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  }

  function take(item) {
    if (item) location.assign(`${root}/?q=${encodeURIComponent(item.dataset.query)}`);
  }

  /* Filters, order and paging without a new page. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#results a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    // Links of a plot have an animated value instead of a string.
    const url = new URL(link.getAttribute("href"), location.href);
    if (url.origin !== location.origin || url.pathname !== `${root}/`) return;
    event.preventDefault();
    load(url, link.dataset.facet, link.textContent.trim());
  });
  addEventListener("popstate", () => {
    if (document.getElementById("results")) load(new URL(location.href), "", "", true);
  });

  async function load(url, facet, words, back) {
    const old = document.getElementById("results");
    old.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("main");
      if (!answer.ok || !fresh || !page.getElementById("results")) throw new Error("no results");
      swap(page, fresh);
      if (!back) history.pushState(null, "", url);
      refocus(facet, words);
    } catch {
      location.assign(url);
    }
  }

  function swap(page, fresh) {
    const open = [...document.querySelectorAll("#results details[open]")].map((one) => one.dataset.fold);
    for (const name of open) {
      const fold = name && fresh.querySelector(`[data-fold="${name}"]`);
      if (fold) fold.open = true;
    }
    document.getElementById("main").replaceChildren(...fresh.childNodes);
    document.title = page.title;
    const form = box.form;
    form.querySelectorAll("input[type=hidden]").forEach((one) => one.remove());
    form.append(...page.querySelectorAll("form.search input[type=hidden]"));
    box.value = page.getElementById("q").value;
  }

  function refocus(facet, words) {
    const name = (text) => text.replace(/\s*\d+$/, "");
    const same = facet && [...document.querySelectorAll(`#results [data-facet="${facet}"]`)]
      .find((link) => name(link.textContent.trim()) === name(words));
    const total = document.getElementById("total");
    if (same && same.checkVisibility()) same.focus({ preventScroll: true });
    else total.focus({ preventScroll: false });
    spoken.textContent = total.textContent;
  }

  /* Keys. */
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = document.activeElement;
    if (event.key === "/" && box && !/^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && at.matches(".hits :is(h2, h3) a")) {
      const titles = [...document.querySelectorAll(".hits :is(h2, h3) a")];
      const next = titles[titles.indexOf(at) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    }
  });

  /* What cannot be shown yet is shown as soon as it can be. */
  const waiting = document.getElementById("waiting");
  if (waiting) {
    waiting.textContent = "This page opens by itself as soon as it can";
    setInterval(async () => {
      try {
        if ((await fetch(`${root}/readyz`)).ok) location.reload();
      } catch { /* the server is away: ask again */ }
    }, 5000);
  }

  /* A link to a reply opens the fold that it is in. */
  function unfold() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    for (let fold = target && target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (target) target.scrollIntoView();
  }
  addEventListener("hashchange", unfold);
  if (location.hash) unfold();
})();
