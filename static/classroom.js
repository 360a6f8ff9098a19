/* Phones and the wall ask for a few bytes each second and draw what is new. Pages work without it. */
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const EVERY = 1000;
  const phone = document.querySelector("[data-live]");
  const wall = document.querySelector("[data-board]");
  const place = phone || wall;
  if (!place) { return; }
  const address = place.dataset.live || place.dataset.board;
  const position = Number(place.dataset.position);
  const team = Number(place.dataset.team || 0);
  let etag = "";
  let wait = EVERY;

  const put = (selector, value) => document.querySelectorAll(selector).forEach((node) => { node.textContent = value; });
  const reload = () => setTimeout(() => location.reload(), Math.random() * 600);

  const draw = (state) => {
    if (state.closed || state.pos !== position) { reload(); return false; }
    if (team && state.locked.includes(team) && !place.hasAttribute("data-locked")) { reload(); return false; }
    put("[data-people]", state.people);
    put("[data-answered]", state.answered);
    put("[data-locked-count]", state.locked.length);
    document.querySelectorAll("[data-team-light]").forEach((light) => {
      light.classList.toggle("on", state.locked.includes(Number(light.dataset.teamLight)));
    });
    if (state.names) { put("[data-names]", state.names.join(" · ")); }
    Object.entries(state.spread || {}).forEach(([part, votes]) => Object.entries(votes).forEach(([choice, count]) => {
      const key = part + " " + choice;
      put('[data-count="' + key + '"]', count);
      document.querySelectorAll('[data-vote="' + key + '"]').forEach((bar) => { bar.max = Math.max(1, state.answered); bar.value = count; });
    }));
    return true;
  };

  const ask = async () => {
    try {
      const answer = await fetch(address, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", credentials: "same-origin" });
      wait = EVERY;
      if (answer.status === 200) {
        etag = answer.headers.get("ETag") || "";
        if (!draw(await answer.json())) { return; }
      } else if (answer.status !== 304) {
        if (answer.status === 404 || answer.status === 401) { reload(); return; }
        wait = 3 * EVERY;
      }
    } catch { wait = Math.min(wait * 2, 8 * EVERY); }
    setTimeout(ask, wait);
  };
  setTimeout(ask, Math.random() * EVERY);

  const form = document.querySelector("form[data-draft]");
  if (!form) { return; }
  const words = document.querySelector("[data-words-kept]");
  let timer = 0;
  const keep = async () => {
    const said = document.querySelector("[data-saved]");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
      if (answer.status === 409) { reload(); return; }
      said.textContent = answer.ok ? words.dataset.wordsKept : words.dataset.wordsLost;
    } catch { said.textContent = words.dataset.wordsLost; }
  };
  form.addEventListener("change", () => { clearTimeout(timer); timer = setTimeout(keep, 500); });
})();
