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
  form.reset(); /* browsers fill forms from memory on Back: the server's page and our drafts know better */

  const QUIET_MS = 700, CHOICE_MS = 150, FIRST_WAIT_MS = 2000, LONGEST_WAIT_MS = 60000, TIMEOUT_MS = 20000, LINK_WAIT_MS = 8000;
  const KEEPALIVE_BYTES = 30000; // browsers refuse larger requests that outlive their page
  const LEAST_REASON = Number(form.dataset.leastReason);
  const PREFIX = `draft:${form.dataset.person}:${form.dataset.assessment}:`;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(PREFIX) : null;
  const { say, put } = window.AnswerDraft;
  let token = document.querySelector("meta[name=csrf-token]").content;
  let wait = FIRST_WAIT_MS, retry = null, why = "", lastSaved = "";
  let signingIn = false, signedOut = false, isLeaving = false;
  let goingOn = null; // the button that was pressed and waits until all is saved

  /* --- What the page says -------------------------------------------------------------------- */

  /* The page's line is the one that is read out, so it names the question that is in trouble. */
  const pageLine = () => {
    const troubled = questions.find((question) => question.trouble);
    if (signingIn || (signedOut && questions.some((question) => question.isPending))) { return ["trouble", words.session]; }
    if (troubled) { return ["trouble", say(words.at, { question: troubled.id, text: troubled.saving()[1] })]; }
    if (questions.some((question) => question.isPending && !question.isKept)) { return ["trouble", words.notKept]; }
    if (retry && questions.some((question) => question.isPending)) { return ["trouble", why]; }
    if (questions.some((question) => question.isPending || question.busy)) { return ["saving", words.saving]; }
    return ["", lastSaved ? say(words.savedAt, { time: lastSaved }) : words.saved];
  };

  const show = () => {
    const isWaiting = Boolean(retry || signingIn || signedOut);
    questions.forEach((question) => question.showSaving(isWaiting));
    const [kind, text] = pageLine();
    put(line, `save needs-script ${kind}`, text);
    goOn();
  };

  /* --- Talking to the server ----------------------------------------------------------------- */

  const send = (address, options) => fetch(address, {
    ...options,
    credentials: "same-origin",
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    keepalive: (isLeaving || document.hidden) && options.body.length < KEEPALIVE_BYTES,
    headers: { "Content-Type": "application/json", "Accept": "application/json", "X-Requested-With": "autosave", "X-CSRFToken": token, ...options.headers },
  });
  const addressOf = (question) => `${form.dataset.answers}/${question.id}`;

  const save = async (question) => {
    clearTimeout(question.timer);
    if (question.busy) { question.again = true; return; }
    if (["conflict", "waiting"].includes(question.trouble) || signingIn || signedOut) { show(); return; }
    const state = question.read();
    if (!question.isPending) { question.dropDraft(); show(); return; }
    const answer = question.answer(state);
    if (answer === null || question.isHalfTyped) { refuse(question, question.kind === "date" ? words.date : words.number); return; }
    question.busy = true;
    show();
    try {
      if (question.steers && !(await agreed(question, state, answer))) { return; }
      const response = await send(addressOf(question), { method: "PUT", body: JSON.stringify(answer), headers: { "If-Match": `"${question.version}"` } });
      await settle(question, state, response);
    } catch { later(words.offline); }
    finally {
      question.busy = false;
      if (question.again) { question.again = false; save(question); }
      show();
    }
  };

  const settle = async (question, state, response) => {
    if (response.ok) {
      const told = await response.json();
      lastSaved = question.savedAt = told.saved_at;
      accept(question, state, told.version);
      wait = FIRST_WAIT_MS;
      channel?.postMessage({ id: question.id, version: told.version, time: told.saved_at, state });
      if (retry) { atOnce(); }
      return;
    }
    if (response.status === 401 || response.type === "opaqueredirect") { signIn(); return; }
    const told = await response.json().catch(() => ({}));
    if (told.current) { /* 412: it changed meanwhile; 409: it may no longer change */
      const theirs = question.fromServer(told.current);
      if (question.same(theirs, state)) { question.savedAt = told.current.time; accept(question, state, told.current.version); return; }
      if (response.status === 412) { conflict(question, state, told.current, theirs); return; }
    }
    if (response.status === 400 && !question.renewed) { /* the token of a session that ended, or was renewed elsewhere */
      if (await renewToken()) { question.renewed = question.again = true; } else { signIn(); }
      return;
    }
    const said = say(words.failed, { why: told.error ?? String(response.status) });
    if (response.status >= 500 || response.status === 429) { later(said, Number(response.headers.get("Retry-After"))); return; }
    refuse(question, said);
  };

  const accept = (question, state, version) => {
    question.setVersion(version);
    question.sent = state;
    question.mustConfirm = question.renewed = false;
    question.confirmed();
    forgive(question);
    if (question.isDirty) { question.keepDraft(); question.again = true; } else { question.dropDraft(); }
    question.showFilling();
  };

  /* Try again: sooner at first, then later and later, and never all browsers at the same moment. */
  const later = (text, atLeastS) => {
    why = text;
    if (retry) { return; }
    const jitter = 0.7 + Math.random() * 0.6;
    retry = setTimeout(atOnce, Math.max(wait, (atLeastS || 0) * 1000) * jitter);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  };
  const atOnce = () => { clearTimeout(retry); retry = null; flush(); };
  const flush = () => questions.filter((question) => question.isPending).forEach(save);
  addEventListener("online", () => { wait = FIRST_WAIT_MS; atOnce(); });

  /* --- What must be asked -------------------------------------------------------------------- */

  const askBeside = (question, template) => {
    question.box.querySelector(".conflict")?.remove();
    const box = document.getElementById(template).content.cloneNode(true).firstElementChild;
    question.box.querySelector(".question-foot").before(box);
    box.scrollIntoView({ block: "nearest" });
    return box;
  };

  const onChoice = (box, decide) => box.querySelectorAll("[data-choose]").forEach((button) => {
    button.addEventListener("click", () => decide(button.dataset.choose));
  });

  const conflict = (question, mine, current, theirs) => {
    question.trouble = "conflict";
    const box = askBeside(question, "conflict-template");
    const tell = (place, text) => { box.querySelector(`[data-${place}]`).textContent = text; };
    tell("title", say(words.changedBy, { name: current.by, time: current.at }));
    tell("by", say(words.savedBy, { name: current.by }));
    tell("theirs", current.words ?? question.describe(theirs));
    tell("theirs-comment", theirs.comment);
    question.tellMine = () => {
      const now = question.read();
      tell("mine", question.describe(now));
      tell("mine-comment", now.comment);
    };
    question.tellMine();
    onChoice(box, (choice) => {
      const now = question.read();
      question.setVersion(current.version);
      question.sent = theirs;
      question.trouble = "";
      if (choice === "theirs") { question.write(theirs); question.dropDraft(); question.savedAt = current.time; }
      if (choice === "combine" && !now.comment.includes(theirs.comment.trim())) {
        question.write({ ...now, comment: [now.comment.trim(), theirs.comment.trim()].filter(Boolean).join("\n\n") });
      }
      if (choice !== "theirs") { question.keepDraft(); }
      box.remove();
      question.box.focus();
      question.showFilling();
      save(question);
    });
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
    onChoice(box, (choice) => {
      question.trouble = "";
      if (choice === "go") { question.agreedTo = key; } else { question.write({ ...question.sent, comment: question.read().comment }); }
      if (question.isDirty) { question.keepDraft(); } else { question.dropDraft(); }
      box.remove();
      question.box.focus();
      question.showFilling();
      save(question);
    });
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

  const forgive = (question) => {
    if (question.trouble !== "refused") { return; }
    question.trouble = "";
    question.box.querySelector("[data-refused]")?.remove();
  };

  /* --- A session that ended ------------------------------------------------------------------ */

  const renewToken = async () => {
    const fresh = await window.freshToken();
    token = fresh ?? token;
    return fresh !== null;
  };

  const signIn = () => {
    if (signingIn) { return; }
    signingIn = true;
    show();
    window.signInAgain({
      isBack: renewToken,
      done: () => { signingIn = false; flush(); show(); },
      putOff: () => { signingIn = false; signedOut = true; goingOn = null; show(); }, /* asked again at "Save" */
    });
  };

  /* --- Other tabs, and what was left here ---------------------------------------------------- */

  channel?.addEventListener("message", ({ data }) => {
    const question = byId.get(data.id);
    if (!question || data.version <= question.version || question.isDirty || question.busy) { return; }
    question.write(data.state);
    question.sent = question.read();
    question.setVersion(data.version);
    question.savedAt = data.time;
    question.confirmed();
    question.showFilling();
  });

  const restoreDrafts = () => {
    const left = new Map(); // question id -> drafts, the newest first
    Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).forEach((key) => {
      const id = key.slice(PREFIX.length).split(":")[0];
      let draft = null;
      try { draft = JSON.parse(localStorage.getItem(key)); } catch { localStorage.removeItem(key); }
      if (draft && byId.has(id)) { left.set(id, [...(left.get(id) ?? []), { ...draft, key }].sort((a, b) => b.at - a.at)); }
    });
    left.forEach((drafts, id) => {
      const question = byId.get(id);
      question.adopted = drafts.map((draft) => draft.key);
      question.write(drafts[0].state);
      if (!question.isDirty) { question.dropDraft(); return; }
      question.setVersion(drafts[0].base); /* behind? then the server asks, and so do we */
      question.keepDraft();
      question.showFilling();
      save(question);
    });
  };

  /* --- Going on ------------------------------------------------------------------------------ */

  /* A pressed button waits here until all is saved; then the page is sent as a form, and what
     autosave has settled already is skipped there. What can't be read the server's page explains. */
  const goOn = () => {
    const notice = document.getElementById("going-on");
    const isStuck = goingOn && retry && questions.some((question) => question.isPending);
    put(notice, isStuck ? "notice notice-warn" : "", isStuck ? say(words.goesOn, { why }) : "");
    if (!goingOn || signingIn || isStuck) { return; }
    const asked = questions.find((question) => ["conflict", "waiting"].includes(question.trouble));
    if (asked) {
      goingOn = null;
      asked.box.querySelector(".conflict").focus();
      return;
    }
    if (questions.some((question) => question.busy || (question.isPending && question.trouble !== "refused"))) { return; }
    const go = goingOn;
    goingOn = null;
    form.dataset.leaving = "yes";
    setTimeout(() => { delete form.dataset.leaving; }, TIMEOUT_MS); /* the user stopped it, perhaps */
    setTimeout(go); /* not while a submit is still on its way: another one would be ignored */
  };

  const whenSaved = (go) => {
    goingOn = go;
    signedOut = false;
    if (retry) { atOnce(); } else { flush(); }
    show();
  };

  form.addEventListener("submit", (event) => {
    if (form.dataset.leaving === "yes") { form.dataset.leaving = "sent"; return; }
    event.preventDefault(); /* also the second click of a double click */
    const button = event.submitter;
    if (!form.dataset.leaving && !goingOn) { whenSaved(() => form.requestSubmit(button)); }
  });

  const switchLanguage = document.querySelector("[data-language-button]");
  switchLanguage?.addEventListener("click", (event) => {
    event.preventDefault();
    whenSaved(() => location.assign(switchLanguage.dataset.href));
  });

  /* A link waits a moment for what is being saved; pressed again, or without connection, it does not. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const isPlain = link && !link.target && !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    const leaves = isPlain && link.origin === location.origin && link.pathname !== location.pathname;
    if (!leaves || goingOn || retry || signedOut || !questions.some((question) => question.isPending || question.busy)) { return; }
    event.preventDefault();
    const go = () => location.assign(link.href);
    whenSaved(go);
    setTimeout(() => { if (goingOn === go) { go(); } }, LINK_WAIT_MS);
  });

  /* --- Events -------------------------------------------------------------------------------- */

  const questions = [...form.querySelectorAll("[data-question]")].map((box) => new window.AnswerDraft(box, words, PREFIX, LEAST_REASON));
  const byId = new Map(questions.map((question) => [question.id, question]));

  const confirmAsItStands = (question) => {
    if (!question.isToConfirm || question.isDirty) { return; }
    question.mustConfirm = true;
    save(question);
  };

  questions.forEach((question) => {
    question.box.addEventListener("input", (event) => {
      if (!event.target.name?.startsWith(`${question.id}-`)) { return; }
      goingOn = null;
      question.standAlone(event.target);
      forgive(question);
      question.keepDraft();
      if (question.trouble === "conflict") { question.tellMine(); }
      clearTimeout(question.timer);
      question.timer = setTimeout(() => save(question), ["radio", "checkbox"].includes(event.target.type) ? CHOICE_MS : QUIET_MS);
      show();
    });
    question.box.addEventListener("focusout", (event) => {
      if (!question.box.contains(event.relatedTarget)) { save(question); }
    });
    question.box.addEventListener("click", (event) => {
      const isButton = event.target.matches("[data-confirm-answer]");
      if (isButton) { event.preventDefault(); question.box.focus(); }
      if (isButton || event.target.type === "radio") { confirmAsItStands(question); }
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

  addEventListener("pagehide", () => { isLeaving = true; flush(); });
  addEventListener("pageshow", (event) => { /* back from another page: the fields may be older than the server */
    delete form.dataset.leaving;
    if (event.persisted) { location.reload(); }
  });
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden) { flush(); }
    else if (signedOut && await renewToken().catch(() => false)) { signedOut = false; flush(); }
  });
  addEventListener("beforeunload", (event) => { /* only where leaving would lose something */
    if (questions.some((question) => question.isPending && !question.isKept)) { event.preventDefault(); }
  });

  if (matchMedia("(max-width: 60rem)").matches) { document.querySelector("[data-fold]")?.removeAttribute("open"); }
  restoreDrafts();
  show();
})();
