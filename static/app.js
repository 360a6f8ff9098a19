/* What every page gets: focus on faults, the language switch that keeps what was typed, sign-out
   that leaves no draft on a shared computer. Pages work without this file. */
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

  document.querySelectorAll("[data-sign-out]").forEach((form) => form.addEventListener("submit", () => {
    Object.keys(localStorage).filter((key) => key.startsWith("draft:")).forEach((key) => localStorage.removeItem(key));
    sessionStorage.clear();
  }));

  addEventListener("pageshow", () => { /* back from another page: what was sent once may be sent again */
    document.querySelectorAll("form[data-once] button").forEach((button) => { button.disabled = false; });
  });
  document.querySelectorAll("form[data-once]").forEach((form) => form.addEventListener("submit", () => {
    setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
  }));
})();
