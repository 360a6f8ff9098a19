/* A session that ended: sign in again in place, with the second factor where the person has one.

   signInAgain({isBack, done, putOff}): once `isBack` says that the same person is signed in again,
   `done` is called; after "Not now" `putOff` is. Words come from the template and, for faults, from
   the server's own pages. */
(() => {
  "use strict";
  const pageOf = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
  const tokenOf = (page) => page.querySelector("input[name=csrf_token]")?.value ?? "";
  const faultOf = (page) => page.querySelector(".error-summary a, .error-summary li, main p")?.textContent.trim() ?? "";
  const ask = (address, options) => fetch(address, { credentials: "same-origin", ...options });

  /* The token of this page for forms, renewed on it; null unless the same person is signed in. */
  window.freshToken = async () => {
    const person = (page) => page.querySelector("[data-sign-out]")?.dataset.signOut;
    const page = await pageOf(await ask(location.href));
    const token = page.querySelector("meta[name=csrf-token]")?.content;
    if (!token || person(page) !== person(document)) { return null; }
    document.querySelectorAll("input[name=csrf_token]").forEach((field) => { field.value = token; });
    return token;
  };

  window.signInAgain = ({ isBack, done, putOff }) => {
    const dialog = document.getElementById("sign-in-template").content.cloneNode(true).firstElementChild;
    const { login, code: codeAddress, offline, otherPerson } = dialog.dataset;
    const [first, second] = dialog.querySelectorAll("form");
    const fault = dialog.querySelector("[data-fault]");
    let token = "";

    const complain = (text) => { fault.textContent = text; fault.hidden = !text; };
    const step = (form, field) => {
      for (const one of [first, second]) { one.hidden = one !== form; }
      complain("");
      form.querySelector(field).focus();
    };
    const close = (then) => {
      document.removeEventListener("visibilitychange", look);
      dialog.remove();
      then();
    };
    const look = async () => { if (!document.hidden && await isBack().catch(() => false)) { close(done); } };
    const arrive = async () => { if (await isBack()) { close(done); } else { step(first, "[name=email]"); complain(otherPerson); } };

    const send = async (address, form) => {
      const body = new URLSearchParams(new FormData(form));
      body.set("csrf_token", token);
      const answer = await ask(address, { method: "POST", body });
      const page = await pageOf(answer);
      token = tokenOf(page) || token;
      return { answer, page };
    };

    const whileBusy = (form, work) => form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("button[type=submit]");
      if (button.disabled) { return; }
      button.disabled = true;
      try { await work(); } catch { complain(offline); } finally { button.disabled = false; }
    });

    whileBusy(first, async () => {
      token = tokenOf(await pageOf(await ask(login)));
      const { answer, page } = await send(login, first);
      if (!answer.ok) { complain(faultOf(page)); return; }
      if (new URL(answer.url).pathname === codeAddress) { second.reset(); step(second, "[name=code]"); return; }
      await arrive();
    });
    whileBusy(second, async () => {
      const { answer, page } = await send(codeAddress, second);
      if (!answer.ok) { complain(faultOf(page)); return; }
      await arrive();
    });
    dialog.querySelector("[data-start-again]").addEventListener("click", () => step(first, "[name=email]"));
    dialog.querySelector("[data-not-now]").addEventListener("click", () => close(putOff));
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); close(putOff); });

    document.addEventListener("visibilitychange", look);
    document.body.append(dialog);
    dialog.showModal();
  };
})();
