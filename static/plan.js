/* What if: each tick asks the server what it would give. Without this file a button does. */
(() => {
  "use strict";
  const form = document.querySelector("[data-lifts]");
  if (!form) { return; }
  let asked;
  const look = async () => {
    asked?.abort();
    asked = new AbortController();
    const wanted = new URLSearchParams([...form.querySelectorAll("[name=lift]:checked")].map((box) => ["lift", box.value]));
    try {
      const answer = await fetch(`${form.dataset.outcomeUrl}?${wanted}`, { signal: asked.signal, headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok) { return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-outcome]");
      if (fresh) { document.querySelector("[data-outcome]").replaceChildren(...fresh.childNodes); }
    } catch (fault) {
      if (fault.name !== "AbortError") { throw fault; }
    }
  };
  form.addEventListener("change", (event) => { if (event.target.name === "lift") { look(); } });
  form.querySelector("[data-none]")?.addEventListener("click", () => {
    form.querySelectorAll("[name=lift]").forEach((box) => { box.checked = false; });
    look();
  });
})();
