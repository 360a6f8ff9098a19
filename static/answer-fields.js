/* The fields of one question: read, written, compared, and put in words. Knows no server.

   A state is {values, special, reason, comment}: what the fields say, restorable as it is.
   An answer is the same as the JSON that the server takes. */
(() => {
  "use strict";
  const MARKS = ["unknown", "na"];
  const isChoice = (input) => ["radio", "checkbox"].includes(input.type);

  window.AnswerFields = class {
    constructor(box, words) {
      this.box = box;
      this.words = words;
      this.id = box.dataset.question;
      this.kind = box.dataset.kind;
    }

    field(name) { return this.box.querySelector(`[name="${this.id}-${name}"]`); }
    all(name) { return [...this.box.querySelectorAll(`[name="${this.id}-${name}"]`)]; }
    get isHalfTyped() { return this.field("value").validity.badInput; } // a date without its year
    get hasChoices() { return isChoice(this.field("value")); }

    read() {
      const inputs = this.all("value");
      return {
        values: this.hasChoices ? inputs.filter((i) => i.checked).map((i) => i.value) : [inputs[0].value].filter((v) => v.trim()),
        special: this.all("special").find((i) => i.checked)?.value ?? "",
        reason: this.field("reason")?.value ?? "",
        comment: this.field("comment").value,
      };
    }

    write(state) {
      const inputs = this.all("value");
      if (this.hasChoices) { inputs.forEach((input) => { input.checked = state.values.includes(input.value); }); }
      else { inputs[0].value = state.values[0] ?? ""; }
      this.all("special").forEach((input) => { input.checked = input.value === state.special; });
      if (this.field("reason")) { this.field("reason").value = state.reason; }
      this.field("comment").value = state.comment;
    }

    /* null where a number can't be read. */
    answer(state) {
      const answer = { comment: state.comment };
      const special = MARKS.find((mark) => state.values.includes(mark)) ?? state.special;
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

    /* What the server says that stands, as a state. */
    fromServer(current) {
      const value = current.value;
      const mark = (current.na_reason ?? null) !== null ? "na" : value === "unknown" ? "unknown" : "";
      const values = mark ? (this.hasChoices ? [mark] : []) : (value ?? null) === null ? [] : [value].flat().map(String);
      return { values, special: mark && !this.hasChoices ? mark : "", reason: current.na_reason ?? "", comment: current.comment ?? "" };
    }

    /* Two states say the same; a reason counts only while "does not apply" is chosen. */
    same(one, other) {
      const effective = (state) => JSON.stringify(this.answer(state) ?? state);
      return effective(one) === effective(other);
    }

    describe(state) {
      const answer = this.answer(state);
      if (answer?.not_applicable) { return this.words.notApplicable.replace("{reason}", () => answer.not_applicable.reason || "—"); }
      if (!this.hasChoices) { return state.values[0] || (state.special ? this.words.stateUnknown : this.words.none); }
      const chosen = this.all("value").filter((input) => state.values.includes(input.value)).map((input) => {
        const label = input.nextElementSibling;
        const number = label.querySelector(".level-number")?.textContent;
        return (number && /\d/.test(number) ? `${number} · ` : "") + label.querySelector(".level-title").textContent;
      });
      return chosen.join("; ") || this.words.none;
    }

    /* How far the question is filled in: answered, unknown, na, reason (missing) or open. */
    filling(leastReason) {
      const state = this.read();
      const answer = this.answer(state);
      if (answer?.not_applicable) { return state.reason.trim().length >= leastReason ? "na" : "reason"; }
      return answer?.value === "unknown" ? "unknown" : answer?.value === undefined ? "open" : "answered";
    }

    /* "We do not know" and "none of these" stand alone: ticking one unticks the others. */
    standAlone(input) {
      if (input.type !== "checkbox" || !input.checked) { return; }
      const isAlone = (one) => MARKS.includes(one.value) || one.closest(".level-alone");
      [...this.all("value"), ...this.all("special")]
        .filter((other) => other.type === "checkbox" && other !== input && (isAlone(input) || isAlone(other)))
        .forEach((other) => { other.checked = false; });
      if (input.name.endsWith("-special") && !this.hasChoices) { this.field("value").value = ""; }
    }
  };
})();
