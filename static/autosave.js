/* Saves each answer by itself, and never loses or silently overwrites one.

   An answer is one unit: value, reason, comment. What is typed goes to this device first (a draft for
   each person, assessment, question and tab), then to the server with the version that was seen.
   The draft goes only when the server has exactly what the fields say. 412: somebody else was
   quicker; 401: sign in again in place; no connection: tried again until it works. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  const words = document.getElementById("autosave-words")?.dataset;
  const line = document.getElementById("save");
  if (!form || !words || !line) { return; }

  const QUIET_MS = 700, FIRST_WAIT_MS = 2000, LONGEST_WAIT_MS = 60000, TIMEOUT_MS = 20000;
  const PREFIX = `draft:${form.dataset.person}:${form.dataset.assessment}:`;
  const tab = sessionStorage.tab ??= Math.random().toString(36).slice(2, 10);
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(PREFIX) : null;
  const say = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  let token = document.querySelector("meta[name=csrf-token]").content;
  let wait = FIRST_WAIT_MS, retry = null, signingIn = false, lastSaved = "";

  /* --- One question -------------------------------------------------------------------------- */

  class Question {
    constructor(box) {
      this.box = box;
      this.id = box.dataset.question;
      this.kind = box.dataset.kind;
      this.steers = "steers" in box.dataset;
      this.version = Number(box.dataset.version);
      this.trouble = ""; // conflict, refused, waiting
      this.busy = false;
      this.again = false;
      this.timer = null;
      this.sent = this.read(); // what the server has, as far as we know
    }

    field(name) { return this.box.querySelector(`[name="${this.id}-${name}"]`); }
    all(name) { return [...this.box.querySelectorAll(`[name="${this.id}-${name}"]`)]; }
    get key() { return `${PREFIX}${this.id}:${tab}`; }

    /* What the fields say: {values, special, reason, comment}, comparable and restorable. */
    read() {
      const inputs = this.all("value");
      const isChoice = ["radio", "checkbox"].includes(inputs[0].type);
      return {
        values: isChoice ? inputs.filter((i) => i.checked).map((i) => i.value) : [inputs[0].value].filter((v) => v.trim()),
        special: this.all("special").find((i) => i.checked)?.value ?? "",
        reason: this.field("reason")?.value ?? "",
        comment: this.field("comment").value,
      };
    }

    write(state) {
      const inputs = this.all("value");
      if (["radio", "checkbox"].includes(inputs[0].type)) {
        inputs.forEach((input) => { input.checked = state.values.includes(input.value); });
      } else { inputs[0].value = state.values[0] ?? ""; }
      this.all("special").forEach((input) => { input.checked = input.value === state.special; });
      if (this.field("reason")) { this.field("reason").value = state.reason; }
      this.field("comment").value = state.comment;
    }

    /* The same as the JSON of one answer; null where a number can't be read. */
    answer(state) {
      const answer = { comment: state.comment };
      const special = ["unknown", "na"].find((mark) => state.values.includes(mark)) ?? state.special;
      if (special === "na") { answer.not_applicable = { reason: state.reason }; return answer; }
      if (special === "unknown") { answer.value = "unknown"; return answer; }
      if (!state.values.length) { return answer; }
      if (this.kind === "maturity") { answer.value = Number(state.values[0]); }
      else if (this.kind === "multiple_choice") { answer.value = state.values; }
      else if (this.kind === "number") {
        const flat = state.values[0].normalize("NFKC").replace(/[,\s]/g, "");
        if (!/^\d+(\.\d+)?$/.test(flat)) { return null; }
        answer.value = Number(flat);
      } else { answer.value = state.values[0].trim(); }
      return answer;
    }

    /* What the server sends back, as a state of the fields. */
    fromServer(current) {
      const value = current.value;
      const mark = current.na_reason !== null && current.na_reason !== undefined ? "na" : value === "unknown" ? "unknown" : "";
      const isChoice = ["radio", "checkbox"].includes(this.all("value")[0].type);
      const values = mark ? (isChoice ? [mark] : []) : value === null || value === undefined ? [] : [value].flat().map(String);
      return { values, special: mark && !isChoice ? mark : "", reason: current.na_reason ?? "", comment: current.comment ?? "" };
    }

    get isDirty() { return !same(this.effective(this.read()), this.effective(this.sent)); }

    /* A reason counts only while "does not apply" is chosen. */
    effective(state) { return JSON.stringify(this.answer(state) ?? state); }

    setVersion(version) {
      this.version = version;
      this.box.dataset.version = version;
      this.field("version").value = version;
    }

    keepDraft() {
      try { localStorage.setItem(this.key, JSON.stringify({ state: this.read(), base: this.version, at: Date.now() })); }
      catch { /* the device is full or forbids it: the fields still hold what was typed */ }
    }

    dropDraft() {
      Object.keys(localStorage).filter((key) => key.startsWith(`${PREFIX}${this.id}:`)).forEach((key) => localStorage.removeItem(key));
    }

    describe(state) {
      const answer = this.answer(state);
      if (answer?.not_applicable) { return say(words.notApplicable, { reason: answer.not_applicable.reason || "—" }); }
      const inputs = this.all("value");
      if (!["radio", "checkbox"].includes(inputs[0].type)) { return state.values[0] || (state.special ? words.stateUnknown : words.none); }
      const chosen = inputs.filter((input) => state.values.includes(input.value)).map((input) => {
        const label = input.nextElementSibling;
        const number = label.querySelector(".level-number")?.textContent;
        return (number && /\d/.test(number) ? `${number} · ` : "") + label.querySelector(".level-title").textContent;
      });
      return chosen.join("; ") || words.none;
    }

    showState() {
      const state = this.read();
      const answer = this.answer(state);
      const mark = answer?.not_applicable ? ((state.reason.trim().length >= 20) ? "na" : "reason")
        : answer?.value === "unknown" ? "unknown" : answer?.value === undefined ? "open" : "answered";
      const place = this.box.querySelector("[data-state]");
      const kind = { answered: "ok", na: "ok", unknown: "warn", reason: "warn", open: "plain" }[mark];
      const text = { answered: words.stateAnswered, na: words.stateNa, unknown: words.stateUnknown, reason: words.stateReason, open: words.stateOpen }[mark];
      place.firstElementChild.className = `status status-${kind}`;
      place.firstElementChild.textContent = text;
      this.box.querySelector("[data-confirm-tag]")?.remove();
      const was = this.counted ?? this.box.dataset.done === "yes";
      this.counted = ["answered", "na", "unknown"].includes(mark);
      if (was !== this.counted) { count(this.counted ? 1 : -1); }
    }
  }

  const count = (by) => {
    document.querySelectorAll("[data-section-count]").forEach((place) => {
      const [done, total] = place.textContent.split("/").map(Number);
      place.textContent = `${done + by}/${total}`;
      place.classList.toggle("full", done + by === total);
    });
    document.querySelectorAll("[data-total-done]").forEach((place) => { place.textContent = Number(place.textContent) + by; });
  };

  const questions = [...form.querySelectorAll("[data-question]")].map((box) => new Question(box));
  const byId = new Map(questions.map((question) => [question.id, question]));

  /* --- What the page says -------------------------------------------------------------------- */

  const show = () => {
    const troubled = questions.find((question) => question.trouble);
    const dirty = questions.some((question) => question.isDirty);
    let kind = "", text = lastSaved ? say(words.savedAt, { time: lastSaved }) : "";
    if (signingIn) { kind = "trouble"; text = words.session; }
    else if (troubled) { kind = "trouble"; text = { conflict: words.conflict, waiting: words.waiting, refused: words.refused }[troubled.trouble]; }
    else if (dirty && retry) { kind = "trouble"; text = words.offline; }
    else if (dirty || questions.some((question) => question.busy)) { kind = "saving"; text = words.saving; }
    else if (!text) { text = words.saved; }
    const css = `save needs-script ${kind}`;
    if (line.textContent !== text) { line.textContent = text; }
    if (line.className !== css) { line.className = css; }
  };

  /* --- Talking to the server ----------------------------------------------------------------- */

  const send = (address, options) => fetch(address, {
    ...options,
    credentials: "same-origin",
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    keepalive: document.hidden && options.body.length < 30000,
    headers: { "Content-Type": "application/json", "Accept": "application/json", "X-Requested-With": "autosave", "X-CSRFToken": token, ...options.headers },
  });
  const addressOf = (question) => `${form.dataset.answers}/${question.id}`;

  const save = async (question) => {
    clearTimeout(question.timer);
    if (question.busy) { question.again = true; return; }
    if (["conflict", "waiting"].includes(question.trouble) || signingIn) { show(); return; }
    const state = question.read();
    if (!question.isDirty && !question.mustConfirm) { question.dropDraft(); show(); return; }
    const answer = question.answer(state);
    if (answer === null) { refuse(question, words.number); return; }
    question.busy = true;
    show();
    try {
      if (question.steers && !(await agreed(question, state, answer))) { return; }
      const response = await send(addressOf(question), { method: "PUT", body: JSON.stringify(answer), headers: { "If-Match": `"${question.version}"` } });
      await settle(question, state, response);
    } catch { later(); }
    finally {
      question.busy = false;
      if (question.again) { question.again = false; save(question); }
      show();
    }
  };

  const settle = async (question, state, response) => {
    if (response.ok) {
      const told = await response.json();
      accept(question, state, told.version);
      lastSaved = told.saved_at;
      wait = FIRST_WAIT_MS;
      channel?.postMessage({ id: question.id, version: told.version, state });
      return;
    }
    if (response.status === 412) {
      const current = (await response.json()).current;
      const theirs = question.fromServer(current);
      if (same(question.effective(theirs), question.effective(state))) { accept(question, state, current.version); }
      else { conflict(question, state, current, theirs); }
      return;
    }
    if (response.status === 401 || response.type === "opaqueredirect") { signIn(); return; }
    if (response.status === 400 && !question.renewed) { /* the token of a session that ended, or was renewed elsewhere */
      if (await renewToken()) { question.renewed = question.again = true; } else { signIn(); }
      return;
    }
    if (response.status >= 500 || response.status === 429) { later(); return; }
    const told = await response.json().catch(() => ({}));
    refuse(question, say(words.failed, { why: told.error ?? String(response.status) }));
  };

  const accept = (question, state, version) => {
    question.setVersion(version);
    question.sent = state;
    question.mustConfirm = question.renewed = false;
    if (question.trouble === "refused") { question.trouble = ""; question.box.querySelector("[data-refused]")?.remove(); }
    if (question.isDirty) { question.keepDraft(); question.again = true; } else { question.dropDraft(); }
    question.showState();
  };

  const later = () => {
    if (retry) { return; }
    const jitter = 0.7 + Math.random() * 0.6;
    retry = setTimeout(() => { retry = null; flush(); }, wait * jitter);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  };
  const flush = () => questions.filter((question) => question.isDirty).forEach(save);
  addEventListener("online", () => { clearTimeout(retry); retry = null; wait = FIRST_WAIT_MS; flush(); });

  /* --- What must be asked -------------------------------------------------------------------- */

  const askBeside = (question, template) => {
    question.box.querySelector(".conflict")?.remove();
    const box = document.getElementById(template).content.cloneNode(true).firstElementChild;
    question.box.querySelector(".question-foot").before(box);
    box.scrollIntoView({ block: "nearest" });
    return box;
  };

  const conflict = (question, mine, current, theirs) => {
    question.trouble = "conflict";
    const box = askBeside(question, "conflict-template");
    box.querySelector("[data-title]").textContent = say(words.changedBy, { name: current.by, time: current.at });
    box.querySelector("[data-by]").textContent = say(words.savedBy, { name: current.by });
    box.querySelector("[data-mine]").textContent = question.describe(mine);
    box.querySelector("[data-mine-comment]").textContent = mine.comment;
    box.querySelector("[data-theirs]").textContent = current.words ?? question.describe(theirs);
    box.querySelector("[data-theirs-comment]").textContent = theirs.comment;
    box.querySelectorAll("[data-choose]").forEach((button) => button.addEventListener("click", () => {
      const choice = button.dataset.choose;
      const now = question.read();
      question.setVersion(current.version);
      question.sent = theirs;
      question.trouble = "";
      if (choice === "theirs") { question.write(theirs); question.dropDraft(); }
      if (choice === "combine") {
        const both = [now.comment.trim(), theirs.comment.trim()].filter((part, place, parts) => part && parts.indexOf(part) === place);
        question.write({ ...now, comment: both.join("\n\n") });
      }
      box.remove();
      question.field("comment").focus();
      question.showState();
      save(question);
    }));
  };

  const agreed = async (question, state, answer) => {
    const key = JSON.stringify(answer.value ?? null);
    if (question.agreedTo === key) { return true; }
    const response = await send(`${addressOf(question)}/consequence`, { method: "POST", body: JSON.stringify(answer) });
    if (!response.ok) { await settle(question, state, response); return false; }
    const effect = await response.json();
    if (!effect.added.length && !effect.removed.length) { return true; }
    question.trouble = "waiting";
    const box = askBeside(question, "consequence-template");
    for (const part of ["added", "removed"]) {
      const place = box.querySelector(`[data-${part}]`);
      place.hidden = !effect[part].length;
      place.querySelector("ul").replaceChildren(...effect[part].map((one) => {
        const item = document.createElement("li");
        item.textContent = `${one.id} ${one.prompt}`;
        return item;
      }));
    }
    box.querySelectorAll("[data-choose]").forEach((button) => button.addEventListener("click", () => {
      question.trouble = "";
      if (button.dataset.choose === "go") { question.agreedTo = key; } else { question.write(question.sent); question.dropDraft(); }
      box.remove();
      question.showState();
      save(question);
    }));
    return false;
  };

  const refuse = (question, text) => {
    question.trouble = "refused";
    let place = question.box.querySelector("[data-refused]");
    if (!place) {
      place = document.createElement("p");
      place.className = "error-text mt-2";
      place.dataset.refused = "";
      place.setAttribute("role", "alert");
      question.box.querySelector(".question-foot").before(place);
    }
    place.textContent = text;
    show();
  };

  /* --- A session that ended ------------------------------------------------------------------ */

  const renewToken = async () => {
    const page = new DOMParser().parseFromString(await (await fetch(location.href, { credentials: "same-origin" })).text(), "text/html");
    const fresh = page.querySelector("meta[name=csrf-token]")?.content;
    const person = page.querySelector("form[data-autosave]")?.dataset.person;
    if (!fresh || person !== form.dataset.person) { return false; }
    token = fresh;
    document.querySelectorAll("input[name=csrf_token]").forEach((field) => { field.value = fresh; });
    return true;
  };

  const signIn = () => {
    if (signingIn) { return; }
    signingIn = true;
    show();
    const dialog = document.getElementById("sign-in-template").content.cloneNode(true).firstElementChild;
    const fault = dialog.querySelector("[data-fault]");
    const complain = (text) => { fault.textContent = text; fault.hidden = false; };
    const goOn = () => { signingIn = false; dialog.remove(); document.removeEventListener("visibilitychange", look); flush(); show(); };
    const look = async () => { if (!document.hidden && await renewToken().catch(() => false)) { goOn(); } };
    document.body.append(dialog);
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const page = new DOMParser().parseFromString(await (await fetch("/login", { credentials: "same-origin" })).text(), "text/html");
        const body = new URLSearchParams(new FormData(event.target));
        body.set("csrf_token", page.querySelector("input[name=csrf_token]")?.value ?? "");
        const answer = await fetch("/login", { method: "POST", body, credentials: "same-origin" });
        if (answer.status === 422) { complain(words.wrong); return; }
        if (await renewToken()) { goOn(); } else { complain(words.otherPerson); }
      } catch { complain(words.offline); }
    });
    document.addEventListener("visibilitychange", look);
    dialog.showModal();
  };

  /* --- Other tabs, and what was left here ---------------------------------------------------- */

  channel?.addEventListener("message", ({ data }) => {
    const question = byId.get(data.id);
    if (!question || data.version <= question.version || question.isDirty || question.busy) { return; }
    question.write(data.state);
    question.sent = question.read();
    question.setVersion(data.version);
    question.showState();
  });

  const restoreDrafts = () => {
    const newest = new Map();
    Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).forEach((key) => {
      const id = key.slice(PREFIX.length).split(":")[0];
      let draft = null;
      try { draft = JSON.parse(localStorage.getItem(key)); } catch { localStorage.removeItem(key); }
      if (draft && byId.has(id) && (!newest.has(id) || newest.get(id).at < draft.at)) { newest.set(id, draft); }
    });
    newest.forEach((draft, id) => {
      const question = byId.get(id);
      question.write(draft.state);
      if (!question.isDirty) { question.dropDraft(); return; }
      question.setVersion(draft.base); /* behind? then the server asks, and so do we */
      question.showState();
      save(question);
    });
  };

  /* --- Events -------------------------------------------------------------------------------- */

  const standAlone = (question, input) => {
    if (input.type !== "checkbox" || !input.checked) { return; }
    const group = [...question.all("value"), ...question.all("special")].filter((other) => other.type === "checkbox" && other !== input);
    const isAlone = (one) => one.value === "unknown" || one.value === "na" || one.closest(".level-alone");
    group.filter((other) => isAlone(input) || isAlone(other)).forEach((other) => { other.checked = false; });
    if (input.name.endsWith("-special") && question.all("value")[0].type !== "checkbox") { question.all("value")[0].value = ""; }
  };

  questions.forEach((question) => {
    question.box.dataset.done = question.box.querySelector("[data-state] .status-ok, [data-state] .status-warn") && !("confirm" in question.box.dataset) && question.read().values.length + question.read().special.length ? "yes" : "no";
    question.mustConfirm = false;
    question.box.addEventListener("input", (event) => {
      if (!event.target.name?.startsWith(`${question.id}-`)) { return; }
      standAlone(question, event.target);
      if (question.trouble === "refused") { question.trouble = ""; question.box.querySelector("[data-refused]")?.remove(); }
      question.keepDraft();
      clearTimeout(question.timer);
      const atOnce = ["radio", "checkbox"].includes(event.target.type);
      question.timer = setTimeout(() => save(question), atOnce ? 150 : QUIET_MS);
      show();
    });
    question.box.addEventListener("focusout", (event) => {
      if (!question.box.contains(event.relatedTarget)) { save(question); }
    });
    question.box.addEventListener("click", (event) => { /* a carried-over answer that is chosen again is confirmed */
      if (event.target.type === "radio" && "confirm" in question.box.dataset && !question.isDirty) {
        question.mustConfirm = true;
        delete question.box.dataset.confirm;
        save(question);
      }
    });
    question.box.addEventListener("keydown", (event) => {
      const typing = event.target.matches("textarea, input:not([type=radio], [type=checkbox])");
      if (typing || event.ctrlKey || event.metaKey || event.altKey || !/^[0-9nN]$/.test(event.key)) { return; }
      const wanted = /\d/.test(event.key) ? event.key : "na";
      const input = question.all("value").find((one) => one.value === wanted);
      if (!input || input.type !== "radio") { return; }
      event.preventDefault();
      input.click();
      input.focus();
      if (wanted === "na") { question.field("reason").focus(); }
    });
  });

  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.querySelector("button[name=go][value=next]").click();
    }
  });

  const settled = async () => {
    flush();
    for (let tries = 0; tries < 40 && questions.some((question) => question.busy || question.isDirty) && !signingIn && !retry && !questions.some((question) => question.trouble); tries += 1) {
      await new Promise((done) => { setTimeout(done, 50); });
    }
    return !questions.some((question) => question.isDirty || question.trouble);
  };

  /* The buttons send the page as a form; what autosave has settled already is skipped there. */
  form.addEventListener("submit", async (event) => {
    if (form.dataset.leaving) { return; }
    event.preventDefault();
    const button = event.submitter;
    if (!(await settled()) && (signingIn || retry || questions.some((question) => ["conflict", "waiting"].includes(question.trouble)))) {
      questions.find((question) => question.trouble)?.box.querySelector(".conflict")?.focus();
      show();
      return;
    }
    form.dataset.leaving = "yes";
    setTimeout(() => form.requestSubmit(button)); /* not while this event is still on its way: it would be ignored */
  });

  const switchLanguage = document.querySelector("[data-language-button]");
  switchLanguage?.addEventListener("click", async (event) => {
    event.preventDefault();
    await settled();
    location.assign(switchLanguage.dataset.href);
  });

  addEventListener("pagehide", flush);
  addEventListener("pageshow", (event) => { /* back from another page: the fields may be older than the server */
    delete form.dataset.leaving;
    if (event.persisted) { location.reload(); }
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) { flush(); } });

  if (matchMedia("(max-width: 60rem)").matches) { document.querySelector("[data-fold]")?.removeAttribute("open"); }
  form.reset(); /* browsers fill forms from memory on Back: the server's page and our drafts know better */
  questions.forEach((question) => { question.sent = question.read(); });
  restoreDrafts();
  show();
})();
