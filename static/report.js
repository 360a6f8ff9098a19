// Follows a report that is being made: page n of m, then the page with its download.
(() => {
  const box = document.querySelector("[data-report]");
  if (!box) return;
  const words = box.querySelector("[data-text]");
  const bar = box.querySelector("progress");
  let pause = 700;
  const look = async () => {
    try {
      const answer = await fetch(box.dataset.state, { headers: { "X-Requested-With": "fetch" } });
      if (answer.status === 401) return location.reload();
      if (answer.ok) {
        const now = await answer.json();
        if (now.state !== "queued" && now.state !== "running") return location.reload();
        if (words.textContent !== now.text) words.textContent = now.text;
        bar.max = now.total || 1;
        bar.value = now.total ? now.done : 0;
        pause = 700;
      }
    } catch {
      pause = Math.min(pause * 2, 10000); // no connection: ask less often, go on when it is back
    }
    setTimeout(look, pause);
  };
  setTimeout(look, pause);
})();
