/* Passkeys: making one on the account page, signing in with one. */
(() => {
  "use strict";
  if (!window.PublicKeyCredential) { return; }
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const token = () => document.querySelector("input[name=csrf_token]").value;

  async function post(url, body) {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token(), "X-Requested-With": "fetch" },
      body: JSON.stringify(body),
    });
    const said = await answer.json();
    if (!answer.ok) { throw new Error(said.error); }
    return said;
  }

  const show = (fault) => {
    const place = document.querySelector("[data-passkey-fault]");
    place.textContent = fault.message;
    place.hidden = false;
  };

  const enter = document.querySelector("[data-passkey-sign-in]");
  if (enter) {
    enter.hidden = false;
    enter.addEventListener("click", async () => {
      try {
        const options = await post("/login/passkey/options", {});
        options.challenge = bytes(options.challenge);
        const made = await navigator.credentials.get({ publicKey: options });
        const said = await post("/login/passkey" + location.search, {
          id: made.id, rawId: text(made.rawId), type: made.type,
          response: {
            clientDataJSON: text(made.response.clientDataJSON),
            authenticatorData: text(made.response.authenticatorData),
            signature: text(made.response.signature),
            userHandle: made.response.userHandle ? text(made.response.userHandle) : null,
          },
        });
        location.assign(said.location);
      } catch (fault) { show(fault); }
    });
  }

  const form = document.querySelector("[data-passkey-form]");
  if (form) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const options = await post("/account/passkeys/options", { password: form.elements.passkey_password.value });
        options.challenge = bytes(options.challenge);
        options.user.id = bytes(options.user.id);
        options.excludeCredentials.forEach((one) => { one.id = bytes(one.id); });
        const made = await navigator.credentials.create({ publicKey: options });
        const said = await post("/account/passkeys", {
          name: form.elements.passkey_name.value,
          credential: {
            id: made.id, rawId: text(made.rawId), type: made.type,
            response: { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) },
          },
        });
        location.assign(said.location);
      } catch (fault) { show(fault); }
    });
  }
})();
