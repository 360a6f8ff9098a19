/* The review desk without reloading: a verdict replaces its card, keys work while a question has the
   focus. Every form works without this file. */
(() => {
  "use strict";
  const words = document.getElementById("desk-words")?.dataset;
  if (!words) { return; }
  if (matchMedia("(max-width: 60rem)").matches) { document.querySelector("[data-fold]")?.removeAttribute("open"); }
  const cards = () => [...document.querySelectorAll("[data-card]")];
  const isOpen = (card) => ["undecided", "changed"].includes(card.dataset.look);

  const show = document.getElementById("show");
  show?.addEventListener("change", () => show.form.submit());

  const say = (card, text) => {
    const side = card.querySelector(".desk-verdict");
    side.querySelector("[data-lost]")?.remove();
    const box = document.createElement("div");
    box.className = "notice notice-bad";
    box.dataset.lost = "";
    box.setAttribute("role", "alert");
    const line = document.createElement("p");
    line.textContent = text;
    box.append(line);
    side.prepend(box);
  };

  const count = (card) => {
    const [done, total] = card.dataset.counts.split("/");
    document.querySelectorAll("[data-progress-figures]").forEach((place) => { place.textContent = `${done} / ${total}`; });
    const line = document.querySelector("[data-progress]");
    const bar = line?.querySelector("progress");
    if (bar) {
      bar.value = Number(done);
      bar.max = Number(total) || 1;
      line.querySelector(".num").textContent = words.reviewed.replace("{done}", done).replace("{total}", total);
    }
  };

  const send = async (form, button) => {
    const card = form.closest("[data-card]");
    const place = cards().indexOf(card);
    const body = new FormData(form, button);
    card.setAttribute("aria-busy", "true");
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
    } catch {
      card.removeAttribute("aria-busy");
      return say(card, words.lost);
    }
    if (answer.status === 401) { card.removeAttribute("aria-busy"); return say(card, words.ended); }
    const text = await answer.text();
    const kind = answer.headers.get("Content-Type") || "";
    if (!kind.startsWith("text/html")) {
      card.removeAttribute("aria-busy");
      let told;
      try { told = JSON.parse(text).error; } catch { told = words.lost; }
      return say(card, told);
    }
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.querySelector("[data-card]");
    if (!fresh) { card.removeAttribute("aria-busy"); return say(card, words.lost); }
    card.replaceWith(fresh);
    count(fresh);
    const following = answer.ok && !isOpen(fresh) ? cards().slice(place + 1).find(isOpen) : null;
    const next = following || fresh;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-card-form]")) { return; }
    event.preventDefault();
    send(event.target, event.submitter);
  });

  const open = (card, verdict) => {
    const more = card.querySelector(`[data-verdict="${verdict}"]`);
    if (!more) { return; }
    more.open = true;
    more.querySelector("select, input:not([type=hidden]), textarea")?.focus();
  };

  const step = (card, by) => {
    const all = cards();
    const next = all[all.indexOf(card) + by];
    if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ block: "center" }); }
  };

  document.addEventListener("keydown", (event) => {
    const card = event.target.closest?.("[data-card]");
    if (!card) { return; }
    const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (typing) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.target.form?.requestSubmit(); }
      if (event.key === "Escape") { card.focus(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    const acts = {
      a: () => card.querySelector("[data-agree] button")?.form.requestSubmit(),
      r: () => open(card, "return"),
      p: () => open(card, "propose"),
      j: () => step(card, 1),
      k: () => step(card, -1),
    };
    const act = acts[event.key.toLowerCase()];
    if (act) { event.preventDefault(); act(); }
  });

  document.addEventListener("click", (event) => {
    const card = event.target.closest?.("[data-card]");
    if (card && !event.target.closest("a, button, summary, input, select, textarea, label, [popover]")) {
      card.focus({ preventScroll: true });
    }
  });

  const wanted = location.hash ? document.getElementById(location.hash.slice(1)) : null;
  if (wanted?.matches("[data-card]")) { wanted.focus({ preventScroll: true }); }
})();
