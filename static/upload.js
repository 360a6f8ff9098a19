/* Evidence: what is wrong with a file is said before it is sent; then progress, and a failure that
   keeps the files chosen. Without this file the form is sent as any other. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-upload]");
  if (!form) { return; }

  const { largest, most, endings, ...words } = form.dataset;
  const files = form.querySelector("[name=files]");
  const button = form.querySelector("button[type=submit]");
  const progress = form.querySelector("[data-progress]");
  const bar = progress.querySelector("progress");
  const status = form.querySelector("[data-words]");
  const fault = form.querySelector("[data-fault]");
  const say = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
  let sending = null;

  const wrong = () => {
    const chosen = [...files.files];
    const isTaken = (file) => endings.split(",").some((ending) => file.name.toLowerCase().endsWith(ending));
    return [
      ...(chosen.length > Number(most) ? [say(words.tooMany, { number: most })] : []),
      ...chosen.filter((file) => file.size > Number(largest)).map((file) => say(words.tooLarge, { name: file.name })),
      ...chosen.filter((file) => !isTaken(file)).map((file) => say(words.wrongKind, { name: file.name })),
    ].join(" ");
  };

  const rest = (text) => {
    sending = null;
    button.disabled = false;
    progress.hidden = true;
    status.textContent = "";
    fault.textContent = text;
  };

  /* What the server says: its own words, from its page or its JSON. */
  const reason = (request) => {
    try { return JSON.parse(request.responseText).error; } catch { /* a page, then */ }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    return [...page.querySelectorAll(".error-summary li")].map((item) => item.textContent.trim()).join(" ") || String(request.status);
  };

  const signIn = () => window.signInAgain({
    isBack: async () => (await window.freshToken()) !== null,
    done: send,
    putOff: () => {},
  });

  const send = (isSecondTry = false) => {
    const request = new XMLHttpRequest();
    sending = request;
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      const percent = total ? Math.floor(100 * loaded / total) : 0;
      bar.value = percent;
      status.textContent = percent < 100 ? say(words.sending, { percent }) : words.checking;
    });
    request.addEventListener("error", () => rest(words.lost));
    request.addEventListener("timeout", () => rest(words.lost));
    request.addEventListener("abort", () => rest(words.stopped));
    request.addEventListener("load", async () => {
      if (request.status === 204) {
        location.hash = "evidence";
        location.reload();
        return;
      }
      const isSignedOut = request.status === 401 || request.status === 400;
      if (isSignedOut && isSecondTry !== true && await window.freshToken().catch(() => null)) { send(true); return; }
      rest(say(words.failed, { why: reason(request) }));
      if (isSignedOut) { signIn(); }
    });
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "upload");
    button.disabled = true;
    progress.hidden = false;
    bar.value = 0;
    fault.textContent = "";
    request.send(new FormData(form));
  };

  addEventListener("pageshow", () => { button.disabled = false; });
  files.addEventListener("change", () => { fault.textContent = wrong(); });
  progress.querySelector("[data-stop]").addEventListener("click", () => sending?.abort());
  form.addEventListener("submit", (event) => {
    if (!files.files.length) { /* a reference goes as a form, once */
      setTimeout(() => { button.disabled = true; });
      return;
    }
    event.preventDefault();
    fault.textContent = wrong();
    if (!sending && !fault.textContent) { send(); }
  });
})();
