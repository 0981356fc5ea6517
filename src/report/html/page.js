"use strict";
// Texts of others are only ever set as text. What is folded is not in the page; lists grow by pages.
(() => {
  const PAGE = 100;
  const GIST_FIELDS = 3;
  const GIST_LENGTH = 60;
  const SIGNS = { create: "+", update: "~", replace: "±", delete: "−", blocked: "!", deferred: "…" };
  const parts = JSON.parse(document.getElementById("data").textContent);

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  };

  // Shows the first entries of a list, and a button for the next ones.
  const grow = (home, entries, show) => {
    let shown = 0;
    const button = element("button", { type: "button", class: "more" });
    const next = () => {
      home.append(...entries.slice(shown, shown + PAGE).map(show));
      shown = Math.min(shown + PAGE, entries.length);
      if (shown < entries.length) {
        button.textContent = `Show ${Math.min(PAGE, entries.length - shown)} more of ${entries.length - shown}`;
        after(home, button);
      } else {
        button.remove();
      }
    };
    button.addEventListener("click", next);
    next();
  };
  // A button does not belong into the rows of a table.
  const after = (home, button) => {
    if (home.tagName === "TBODY") home.closest("table").after(button);
    else home.append(button);
  };

  // A part of the page that is made when it is unfolded, and goes when it is folded.
  const foldable = (kind, summary, fill, open) => {
    const details = element("details", { class: kind }, summary);
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) {
        const inner = element("div");
        details.append(inner);
        fill(inner);
      } else if (!details.open && details.children.length > 1) {
        details.lastElementChild.remove();
      }
    });
    details.open = open;
    return details;
  };

  const cell = (label, ...content) => element("td", { "data-label": label }, ...content);
  const table = (caption, heads, entries, row) => {
    const body = element("tbody");
    const made = element("table", {}, element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))), body);
    const home = element("div", { class: "table" }, made);
    grow(body, entries, row);
    return home;
  };

  const lines = (text) => element("pre", {}, text);
  const field = ([name, before, after, note]) => {
    const was = before === null ? null : element("del", {}, lines(before));
    const is = after === null ? null : element("ins", {}, lines(after));
    return element("tr", {}, cell("field", name), cell("before", was), cell("after", is), cell("note", note));
  };

  const told = (change, inner) => {
    const say = (text, kind) => text && inner.append(element("p", { class: kind || "reason" }, text));
    say(change.reason);
    if (change.lost) say(`${change.irreversible ? "Irreversible: loses" : "Loses"} ${change.lost}`, "lost");
    if (change.along.length) say(`Takes along: ${change.along.join(", ")}`, "lost");
    change.remarks.forEach((remark) => say(remark));
    if (change.fields.length && change.action !== "delete") {
      inner.append(table("", ["field", "before", "after", "note"], change.fields, field));
    }
    if (change.after.length) say(`After: ${change.after.join(", ")}`);
    if (!inner.children.length) say("Nothing more is known.");
  };

  // What a change comes to, in its own line, as far as that is short: nobody unfolds a hundred grants to see their roles.
  const gist = (change) => {
    if (change.action === "delete") return null;
    const said = change.fields.map(([name, before, after]) =>
      `${name}: ${before === null ? "" : `${before} → `}${after === null ? "nothing" : after}`);
    const short = said.filter((text) => text.length <= GIST_LENGTH && !text.includes("\n")).slice(0, GIST_FIELDS);
    if (!short.length) return null;
    return short.join(", ") + (short.length < said.length ? ", …" : "");
  };

  const row = (change) => {
    const place = [change.place, change.layer && `for ${change.layer}`].filter(Boolean).join(", ");
    const summary = element("summary", {},
      element("span", { class: "sign", title: change.action }, SIGNS[change.action] || "?"),
      element("span", { class: "address" }, change.address),
      gist(change) === null ? null : element("span", { class: "gist" }, gist(change)),
      change.lost ? element("span", { class: "lost" }, " loses something for good") : null,
      place ? element("span", { class: "place" }, place) : null);
    return foldable(`change ${change.action}`, summary, (inner) => told(change, inner), false);
  };

  const counts = (changes) => {
    const found = {};
    for (const change of changes) found[change.action] = (found[change.action] || 0) + 1;
    return Object.keys(SIGNS).filter((action) => found[action]).map((action) => `${found[action]} ${action}`).join(", ");
  };

  const start = (home, part) => {
    const all = part.organizations.flatMap((organization) => organization.changes);
    // What is searched is put together once, in lower case.
    const haystacks = new Map();
    const haystack = (change) => {
      if (!haystacks.has(change)) {
        const fields = change.fields.flat().filter(Boolean);
        haystacks.set(change, [change.address, change.place, change.layer, change.reason, ...change.remarks, ...fields].join("\n").toLowerCase());
      }
      return haystacks.get(change);
    };
    const form = home.querySelector(".filters");
    const organizations = home.querySelector(".organizations");
    const tables = home.querySelector(".tables");
    const count = home.querySelector(".count");

    const kinds = [...new Set(all.map((change) => change.kind))].sort();
    form.elements.kind.append(...kinds.map((kind) => element("option", { value: kind }, kind)));
    const actions = Object.keys(SIGNS).filter((action) => all.some((change) => change.action === action));
    form.querySelector("fieldset").append(...actions.map((action) => {
      const box = element("input", { type: "checkbox", name: "action", value: action, checked: "" });
      return element("label", { class: action }, box, element("span", { class: "word" }, ` ${action}`));
    }));

    const showAccess = (words) => {
      const fits = (shift) => words.every((word) => shift.join("\n").toLowerCase().includes(word));
      const one = (caption, shifts) => {
        const meant = shifts.filter(fits);
        if (!shifts.length) return element("p", { class: "none" }, caption === "gained" ? "Nobody gains access." : "Nobody loses access.");
        return table(`Access ${caption}: ${meant.length} of ${shifts.length}`, ["who", "role", "where", "because of"], meant,
          ([who, role, where, cause, names]) => {
            const place = names ? foldable("names", element("summary", {}, where), (inner) => inner.append(names), false) : where;
            return element("tr", {}, cell("who", who), cell("role", role), cell("where", place), cell("because of", cause));
          });
      };
      tables.replaceChildren(one("gained", part.gained), one("lost", part.lost));
    };

    const show = () => {
      const words = form.elements.search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const kind = form.elements.kind.value;
      const meant = new Set([...form.querySelectorAll("[name=action]:checked")].map((box) => box.value));
      const lossy = form.elements.lossy.checked;
      const fits = (change) => meant.has(change.action) && (!kind || change.kind === kind) && (!lossy || change.lost)
        && words.every((word) => haystack(change).includes(word));
      const found = part.organizations
        .map((organization) => ({ name: organization.name, changes: organization.changes.filter(fits) }))
        .filter((organization) => organization.changes.length);
      const number = found.reduce((sum, organization) => sum + organization.changes.length, 0);
      count.textContent = `${number} of ${all.length} changes in ${found.length} of ${part.organizations.length} organizations`;
      organizations.replaceChildren();
      grow(organizations, found, (organization) => {
        const summary = element("summary", {}, `${organization.name}: ${counts(organization.changes)}`);
        return foldable("organization", summary, (inner) => grow(inner, organization.changes, row), number <= PAGE);
      });
      showAccess(words);
    };
    form.addEventListener("input", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    show();
  };

  document.querySelectorAll("main").forEach((home) => start(home, parts[Number(home.dataset.part)]));
})();
