"""How a report speaks one language: words, dates, figures, and sentences made of data."""

from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache

from babel.dates import format_date
from babel.support import NullTranslations, Translations
from markupsafe import Markup

from compliance.catalogue import Edition, FineRange, Penalty, Question, Remedy, Severity
from compliance.language import Language, Text, translations
from compliance.language.translations import ROOT
from compliance.reports.citations import Citation
from compliance.reports.gap_report import Standing, Told
from compliance.reports.typefaces import CHINESE, ENGLISH, Typeface
from compliance.scoring import half_up

DASH = "–"
_TEN_THOUSAND = 10_000
_MILLION = 1_000_000


class Wording:
    """One language of a report. Everything it returns is plain text, still to be escaped."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._translations = _own_words(language.value)

    def __call__(self, text: Text) -> str:
        return text[self.language]

    def _(self, message: str, **values: object) -> str:
        """An interface text, its `{names}` filled."""
        found = self._translations.gettext(message) if message else ""
        return found.format_map(values) if values else found

    @property
    def tag(self) -> str:
        return self.language.tag

    @cached_property
    def typefaces(self) -> tuple[Typeface, ...]:
        return CHINESE if self.language is Language.ZH else ENGLISH

    @property
    def family(self) -> Markup:
        """For style sheets: names of ours, so there is nothing to escape."""
        return Markup(",".join(f"'{typeface.family}'" for typeface in self.typefaces))  # noqa: S704

    @property
    def colon(self) -> str:
        return "：" if self.language is Language.ZH else ": "

    @property
    def stop(self) -> str:
        return "。" if self.language is Language.ZH else ". "

    def listed(self, items: "tuple[str, ...] | list[str]") -> str:
        return ("、" if self.language is Language.ZH else ", ").join(items)

    def day(self, day: date | None) -> str:
        return DASH if day is None else _day(day, self.language.value)

    def figure(self, number: Fraction | float | None) -> str:
        """A score with its one decimal."""
        if number is None:
            return DASH
        return f"{float(half_up(Fraction(number), 1)):.1f}"

    def signed(self, number: Fraction | float) -> str:
        rounded = float(half_up(Fraction(number), 1))
        return f"{rounded:+.1f}".replace("-", "−")

    def gain(self, number: Fraction) -> str:
        return f"+{float(half_up(number, 2)):.2f}"

    def percent(self, share: Fraction | None) -> str:
        return DASH if share is None else f"{float(half_up(share * 100, 0)):.0f} %"

    def change(self, now: Fraction, before: float) -> str:
        return self.signed(half_up(now, 1) - Fraction(str(before)))

    def moved(self, then: Fraction | None, now: Fraction | None) -> str:
        """The change of a score, of the figures as printed."""
        if then is None or now is None:
            return DASH
        return self.signed(half_up(now, 1) - half_up(then, 1))

    def points(self, share: Fraction) -> str:
        """The change of a share, in percent."""
        return f"{float(half_up(share * 100, 0)):+.0f}".replace("-", "−")

    def order(self, text: Text) -> bytes:
        """A sort key: the alphabet, or for Chinese the order of the common encoding, by sound."""
        if self.language is Language.ZH:
            return text.zh.encode("gb18030")
        return text.en.lower().encode()

    def sentence(self, text: str) -> str:
        return text[:1].upper() + text[1:] + ("。" if self.language is Language.ZH else ".")

    def effort(self, days: Fraction | None) -> str:
        if days is None:
            return DASH
        amount = f"{float(days):g}"
        return f"{amount}人天" if self.language is Language.ZH else f"{amount} person-days"

    def money(self, amount: int) -> str:
        if self.language is Language.ZH:
            if amount and amount % _TEN_THOUSAND == 0:
                return f"{amount // _TEN_THOUSAND}万元"
            return f"{amount}元"
        if amount >= _MILLION and amount % (_MILLION // 10) == 0:
            return f"CNY {amount / _MILLION:g} million"
        return f"CNY {amount:,}"

    def severity(self, edition: Edition, severity: Severity) -> str:
        return self(edition.severities[severity].title)

    def standing(self, standing: Standing) -> str:
        return self._(_STANDINGS[standing])

    def state(self, state: str) -> str:
        """Where a remedy stands; empty where none is agreed."""
        return self._(_STATES.get(state, "agreed")) if state else ""

    def since(self, citation: Citation) -> str:
        if citation.in_force_from is None:
            return self._("date not recorded")
        return self._("since {day}", day=citation.in_force_from.isoformat())

    def steps(self, remedy: Remedy | None) -> str:
        """The steps of a remedy in one run, with its effort."""
        if remedy is None:
            return ""
        steps = [step.rstrip("。.;；") for step in remedy.action[self.language]]
        run = self._joined([f"({number}) {step}" for number, step in enumerate(steps, start=1)])
        effort = self._("Effort about {effort}.", effort=self.effort(remedy.effort_days))
        return f"{run}{self.stop}{effort}"

    def told(  # noqa: PLR0911 - one return a kind of answer
        self, told: Told | None, question: Question, brief: bool = False
    ) -> str:
        """An answer in words; the firm's own text stands apart, in `told.words`."""
        if told is None:
            return ""
        if told.unknown:
            return self._("We do not know")
        if told.level is not None:
            level = self._("Level {level} of 4", level=told.level)
            return level if brief else level + self.colon + self(told.texts[0])
        if told.texts:
            return ("；" if self.language is Language.ZH else "; ").join(map(self, told.texts))
        if told.day is not None:
            return self.day(told.day)
        if told.number is not None:
            unit = f" {self(question.unit)}" if question.unit else ""
            return f"{told.number:,}{unit}"
        return ""

    def exposure(self, penalty: Penalty) -> str:
        """The range of the fine in one sentence."""
        base = self._(_BASES[penalty.fine_base])
        parts = []
        if penalty.multiples:
            times = self._range(penalty.multiples)
            if penalty.threshold_cny:
                least = self.money(penalty.threshold_cny)
                text = self._(
                    "{range} × {base} of {amount} or more", range=times, base=base, amount=least
                )
            else:
                text = self._("{range} × {base}", range=times, base=base)
            parts.append(text)
        if penalty.percentages:
            parts.append(
                self._("{range} % of the {base}", range=self._range(penalty.percentages), base=base)
            )
        if penalty.fixed:
            fixed = self._amounts(penalty.fixed)
            parts.append(self._("else {fine}", fine=fixed) if parts else fixed)
        if penalty.serious:
            parts.append(self._("in serious cases {fine}", fine=self._amounts(penalty.serious)))
        if not parts:
            return self(penalty.violation)
        return self._("Fine {ranges}", ranges=self._joined(parts))

    def _range(self, amounts: FineRange) -> str:
        if amounts.lowest:
            return f"{amounts.lowest}–{amounts.highest}"
        return self._("up to {amount}", amount=amounts.highest)

    def _joined(self, parts: list[str]) -> str:
        return ("；" if self.language is Language.ZH else "; ").join(parts)

    def _amounts(self, amounts: FineRange) -> str:
        if not amounts.lowest:
            return self._("up to {amount}", amount=self.money(amounts.highest))
        lowest, highest = self.money(amounts.lowest), self.money(amounts.highest)
        if self.language is Language.EN:
            lowest, highest = _common(lowest, highest)
        return self._("{lowest}–{highest}", lowest=lowest, highest=highest)


@lru_cache
def _own_words(language: str) -> NullTranslations:
    """This room's words first: a short word may mean something else on a page of the web."""
    everywhere = translations(language)
    own = Translations.load(str(ROOT / "reports"), ["zh"]) if language == "zh" else everywhere
    if own is not everywhere:
        own.add_fallback(everywhere)
    return own


def _common(lowest: str, highest: str) -> tuple[str, str]:
    """`CNY 500,000`, `5 million`: the currency stands once."""
    return lowest, highest.removeprefix("CNY ")


@lru_cache(maxsize=512)
def _day(day: date, language: str) -> str:
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return format_date(day, "d MMMM y", locale="en")


_STANDINGS = {
    Standing.ANSWERED: "Answered",
    Standing.UNKNOWN: "We do not know",
    Standing.UNANSWERED: "Not answered",
    Standing.NOT_APPLICABLE: "Not applicable",
    Standing.CLAIM_OPEN: "“Not applicable” not yet accepted: counts as unanswered",
    Standing.NOT_SHOWN: "Not asked now",
}
_STATES = {
    "open": "open",
    "in_progress": "in progress",
    "done": "done",
    "accepted_risk": "risk accepted",
}
_BASES = {
    "illegal_turnover": "illegal turnover",
    "illegal_gains": "illegal gains",
    "goods_value": "value of the goods",
    "none": "",
}
