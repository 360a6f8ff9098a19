/* One question on its way to the server: the draft that this device keeps, what the server is known
   to have, and how both are told beside the question. Sends nothing. */
(() => {
  "use strict";
  const tab = sessionStorage.tab ??= Math.random().toString(36).slice(2, 10);
  const say = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");

  const put = (place, css, text) => {
    if (place.textContent !== text) { place.textContent = text; }
    if (place.className !== css) { place.className = css; }
  };

  const count = (by) => {
    document.querySelectorAll("[data-section-count]").forEach((place) => {
      const [done, total] = place.textContent.split("/").map(Number);
      place.textContent = `${done + by}/${total}`;
      place.classList.toggle("full", done + by === total);
    });
    document.querySelectorAll("[data-total-done]").forEach((place) => { place.textContent = Number(place.textContent) + by; });
  };

  window.AnswerDraft = class extends window.AnswerFields {
    constructor(box, words, prefix, leastReason) {
      super(box, words);
      this.prefix = prefix;
      this.leastReason = leastReason;
      this.steers = "steers" in box.dataset;
      this.version = Number(box.dataset.version);
      this.trouble = ""; // conflict, waiting, refused
      this.busy = this.again = this.mustConfirm = this.renewed = false;
      this.isKept = true; // what is not saved is on this device at least
      this.adopted = []; // keys of drafts that other tabs left here
      this.timer = null;
      this.savedAt = "";
      this.sent = this.read(); // what the server has, as far as we know
      this.counted = !this.isToConfirm && this.isFilled;
    }

    get key() { return `${this.prefix}${this.id}:${tab}`; }
    get isDirty() { return this.isHalfTyped || !this.same(this.read(), this.sent); }
    get isPending() { return this.isDirty || this.mustConfirm; }
    get isToConfirm() { return "confirm" in this.box.dataset; }
    get isFilled() { return !["open", "reason"].includes(this.filling(this.leastReason)); }

    setVersion(version) {
      this.version = version;
      this.box.dataset.version = version;
      this.field("version").value = version;
    }

    keepDraft() {
      const state = this.isHalfTyped ? { ...this.read(), values: this.sent.values } : this.read();
      try {
        localStorage.setItem(this.key, JSON.stringify({ state, base: this.version, at: Date.now() }));
        this.isKept = true;
      } catch { this.isKept = false; /* the device is full or forbids it: only the fields hold it */ }
    }

    /* Other tabs keep theirs, except what was taken over from them. */
    dropDraft() {
      [this.key, ...this.adopted].forEach((key) => localStorage.removeItem(key));
      this.adopted = [];
      this.isKept = true;
    }

    confirmed() {
      if (!this.isToConfirm) { return; }
      delete this.box.dataset.confirm;
      this.box.querySelectorAll("[data-confirm-tag]").forEach((tag) => tag.remove());
      document.querySelectorAll("[data-to-confirm]").forEach((place) => {
        const number = place.querySelector("[data-number]");
        number.textContent = Number(number.textContent) - 1;
        place.hidden = number.textContent === "0";
      });
    }

    showFilling() {
      const words = this.words;
      const filling = this.filling(this.leastReason);
      const place = this.box.querySelector("[data-state]").firstElementChild;
      const kind = { answered: "ok", na: "ok", unknown: "warn", reason: "warn", open: "plain" }[filling];
      place.className = `status status-${kind}`;
      place.textContent = { answered: words.stateAnswered, na: words.stateNa, unknown: words.stateUnknown, reason: words.stateReason, open: words.stateOpen }[filling];
      if (this.counted !== this.isFilled) { this.counted = !this.counted; count(this.counted ? 1 : -1); }
    }

    /* How saving stands: a kind for the look and the words; no words: as the server wrote them. */
    saving(isWaiting) {
      const words = this.words;
      if (this.trouble === "conflict") { return ["trouble", words.conflict]; }
      if (this.trouble === "waiting") { return ["trouble", words.waiting]; }
      if (this.trouble === "refused") { return ["trouble", this.isKept ? words.kept : words.notKept]; }
      if (this.isPending && !this.isKept) { return ["trouble", words.notKept]; }
      if (this.isPending && isWaiting) { return ["trouble", words.kept]; }
      if (this.isPending || this.busy) { return ["saving", words.saving]; }
      return ["", this.savedAt && say(words.savedAt, { time: this.savedAt })];
    }

    showSaving(isWaiting) {
      const place = this.box.querySelector("[data-save]");
      const [kind, text] = this.saving(isWaiting);
      if (!text && !place.className.includes("trouble")) { return; }
      put(place, `save-here ${kind}`, text);
    }
  };

  window.AnswerDraft.say = say;
  window.AnswerDraft.put = put;
})();
