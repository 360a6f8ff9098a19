/* What every page gets: focus on faults, the language switch that keeps what was typed, sign-out
   that leaves no draft of one's own on a shared computer. Pages work without this file. */
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  document.querySelector("[data-focus]")?.focus();

  const KEPT = "typed:" + location.pathname;
  const fields = () => document.querySelectorAll("main form:not([data-autosave]) :is(input,textarea,select)[name]");
  const writable = (field) => !["hidden", "password", "file", "submit", "button"].includes(field.type);
  const state = (field) => (["checkbox", "radio"].includes(field.type) ? field.checked : field.value);

  document.querySelector("[data-language]")?.addEventListener("click", () => {
    const typed = [...fields()].map((field) => (writable(field) ? [field.name, field.value, state(field)] : null));
    sessionStorage.setItem(KEPT, JSON.stringify(typed));
  });

  const kept = sessionStorage.getItem(KEPT);
  if (kept) {
    sessionStorage.removeItem(KEPT);
    const typed = JSON.parse(kept);
    [...fields()].forEach((field, place) => {
      const was = typed[place];
      if (!was || was[0] !== field.name || !writable(field)) { return; }
      if (["checkbox", "radio"].includes(field.type)) { field.checked = was[2]; } else { field.value = was[2]; }
    });
  }

  /* Answers that are only on this device: named where they would be deleted, and listed elsewhere. */
  const drafts = (prefix) => Object.keys(localStorage).filter((key) => key.startsWith(prefix));

  document.querySelectorAll("[data-sign-out]").forEach((form) => form.addEventListener("submit", (event) => {
    const own = drafts(`draft:${form.dataset.signOut}:`);
    if (own.length && !confirm(form.dataset.unsaved)) { event.preventDefault(); return; }
    own.forEach((key) => localStorage.removeItem(key));
    sessionStorage.clear();
  }));

  const list = document.querySelector("[data-drafts]");
  if (list) {
    const prefix = list.dataset.drafts;
    const ids = [...new Set(drafts(prefix).map((key) => key.slice(prefix.length).split(":")[0]))].sort();
    list.hidden = !ids.length;
    list.querySelector("[data-links]").replaceChildren(...ids.flatMap((id, place) => {
      const link = document.createElement("a");
      link.href = list.dataset.href + encodeURIComponent(id);
      link.textContent = id;
      return place ? [", ", link] : [link];
    }));
  }

  addEventListener("pageshow", () => { /* back from another page: what was sent once may be sent again */
    document.querySelectorAll("form[data-once] button").forEach((button) => { button.disabled = false; });
  });
  document.querySelectorAll("form[data-once]").forEach((form) => form.addEventListener("submit", () => {
    setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
  }));
})();
