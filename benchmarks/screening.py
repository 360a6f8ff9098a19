"""Measure the matcher: pairs, 20 000 names, 300 clean firms, 1 000 parties; print the figures.

Usage: python -m benchmarks.screening [PAIRS.csv]  (columns query,list_name,match,kind)
Names are made from a fixed seed: 35 % Chinese firms, 15 % Chinese persons, 20 % pinyin, 30 % Latin.
"""

import csv
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from pypinyin import lazy_pinyin

from compliance.database import make_engine, schema, shared_reading, shared_session
from compliance.screening import ListKind, Source, import_goods, read_control_entries, search_goods
from compliance.screening.index import NameIndex
from compliance.screening.matching import ALERT, compare
from compliance.screening.names import names_in


def words(text: str, mark: str | None = None) -> list[str]:
    return text.split(mark)


PAIRS = Path(__file__).parents[1] / "tests" / "screening" / "pairs.csv"
SIZE, CLEAN, CHANGED, BATCH = 20_000, 300, 400, 1_000
PLACES = words(
    "北京 上海 天津 重庆 广州 深圳 杭州 南京 武汉 成都 西安 沈阳 大连 青岛 苏州 无锡 宁波"
)
PLACES += words("厦门 长沙 郑州 济南 合肥 福州 昆明 哈尔滨 长春 石家庄 太原 南昌 珠海")
FIRST = words(
    "华 中 金 宏 天 海 星 云 凌 百 长 东 新 泰 瑞 恒 鑫 博 科 远 嘉 康 德 信 盛 龙 凯 晨 明 航"
)
FIRST += words(
    "安 佳 伟 浩 宇 蓝 绿 银 高 先 正 创 联 通 卓 腾 飞 翔 启 光 阳 润 沃 森 源 达 力 方"
)
SECOND = words(
    "达 通 远 航 云 风 海 力 源 泰 瑞 丰 盛 康 信 诚 科 创 联 腾 飞 图 扬 越 岭 峰 江 河 川 湖"
)
SECOND += words(
    "山 林 石 木 火 光 电 芯 宇 辰 耀 晖 博 达 维 思 安 宁 和 顺 利 隆 茂 旺 兴 业 邦 邦 特 克"
)
TRADES = words(
    "科技 电子 机械 贸易 航空科技 精密仪器 半导体 材料 新材料 化工 生物科技 智能科技 自动化"
)
TRADES += words("通信 光电 电气 仪器 设备 汽车零部件 能源 软件 信息技术 物流 进出口 医疗器械 轴承")
FORMS = words("有限公司 股份有限公司 有限责任公司 集团有限公司")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉建国文辉力志永健世广义"
GIVEN += "兴良海山仁波宁贵福生龙元全"
GIVEN += "胜学祥才发武新利清飞彬富顺信子杰轩昊宇浩然梓涵欣怡晨曦雨泽思远博文天佑俊熙"
ENGLISH = {"科技": "Technology", "电子": "Electronics", "机械": "Machinery", "贸易": "Trading"}
ENGLISH |= {
    "材料": "Materials",
    "化工": "Chemical",
    "通信": "Communications",
    "仪器": "Instruments",
}
ENGLISH |= {"能源": "Energy", "软件": "Software", "物流": "Logistics", "轴承": "Bearings"}
SYLLABLES = words(
    "bar kes tre lor hal vor sen nor qua desh mar low zep hyr lock wood sev erny tal mon"
)
SYLLABLES += words(
    "gra vel ost pol kar din fel wick ham stra tos ven dor brin ash cor vex tun mil ros"
)
NAMES = words(
    "Anna Ivan Maria Hassan Olga Pierre Tobias Erik Laura Omar Nadia Viktor Elena Paolo Ingrid"
)
NAMES += words(
    "Stefan Layla Marek Sofia Jonas Farid Greta Luca Amira Dmitry Helene Oskar Petra Rashid"
)
WORK = words(
    "Photonics Dynamics Systems Trading Metals Aerospace Logistics Instruments Optics Chemicals"
)
WORK += words("Materials Robotics Energy Marine Electronics Bearings Valves Composites Software")
ENDS = words("Ltd|Co., Ltd.|GmbH|Inc.|LLC|Pte Ltd|S.A.|AB|B.V.|Limited", "|")


@dataclass(frozen=True)
class Made:
    """A made name and what kind it is."""

    text: str
    kind: str


class Maker:
    """Makes names of all kinds from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def pick(self, options: list[str] | str) -> str:
        return self.random.choice(options)

    def brand(self) -> str:
        length = self.random.choice((2, 2, 3, 4))
        return self.pick(FIRST) + "".join(self.pick(SECOND) for _ in range(length - 1))

    def chinese_firm(self) -> Made:
        place = self.pick(PLACES) if self.random.random() < 0.8 else ""
        return Made(place + self.brand() + self.pick(TRADES) + self.pick(FORMS), "chinese firm")

    def chinese_person(self) -> Made:
        given = "".join(self.pick(GIVEN) for _ in range(self.random.choice((1, 2, 2, 2))))
        return Made(self.pick(SURNAMES) + given, "chinese person")

    def pinyin(self) -> Made:
        if self.random.random() < 0.4:
            return Made(romanised_person(self.chinese_person().text), "pinyin person")
        place = self.pick(PLACES) if self.random.random() < 0.7 else ""
        trade = self.pick(list(ENGLISH))
        return Made(
            f"{title(place)} {title(self.brand())} {ENGLISH[trade]} {self.pick(ENDS[:2])}".strip(),
            "pinyin firm",
        )

    def latin(self) -> Made:
        word = "".join(self.pick(SYLLABLES) for _ in range(self.random.choice((2, 3)))).title()
        if self.random.random() < 0.4:
            return Made(f"{self.pick(NAMES)} {word}", "latin person")
        second = "".join(self.pick(SYLLABLES) for _ in range(2)).title()
        brand = f"{word} {second}" if self.random.random() < 0.5 else word
        return Made(f"{brand} {self.pick(WORK)} {self.pick(ENDS)}", "latin firm")

    def name(self) -> Made:
        kinds: tuple[Callable[[], Made], ...] = (
            *((self.chinese_firm,) * 7),
            *((self.chinese_person,) * 3),
            *((self.pinyin,) * 4),
            *((self.latin,) * 6),
        )
        return self.random.choice(kinds)()

    def changed(self, made: Made) -> str:
        """The name as somebody else would write it."""
        text, kind = made.text, made.kind
        if kind == "chinese firm":
            return self.random.choice((
                text.replace("有限公司", "").replace("股份", "").replace("集团", ""),
                traditional(text),
                " ".join(text),
                spelled_firm(text),
            ))  # fmt: skip
        if kind == "chinese person":
            return self.random.choice((romanised_person(text), traditional(text), " ".join(text)))
        if kind.endswith("person"):
            first, _, last = text.partition(" ")
            return self.random.choice((f"{last} {first}", text.upper(), f"{last}, {first}"))
        words = text.split()
        return self.random.choice((
            " ".join(words[:-1]).removesuffix(" Co.,"),
            text.upper(),
            self.mistyped(text),
            text.replace("Ltd", "Limited").replace("GmbH", "G.m.b.H."),
        ))  # fmt: skip

    def mistyped(self, text: str) -> str:
        """One letter of the longest word dropped or turned."""
        word = max(text.split(), key=len)
        place = self.random.randrange(2, len(word) - 2)
        dropped = word[:place] + word[place + 1 :]
        turned = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        return text.replace(word, self.random.choice((dropped, turned)), 1)


def title(chinese: str) -> str:
    return "".join(lazy_pinyin(chinese)).title()


def romanised_person(chinese: str) -> str:
    return f"{title(chinese[0])} {title(chinese[1:])}"


def traditional(chinese: str) -> str:
    from opencc import OpenCC

    return str(OpenCC("s2t").convert(chinese))


def spelled_firm(text: str) -> str:
    """A Chinese firm in pinyin, as its letterhead would have it."""
    bare = text.removesuffix("有限公司").removesuffix("股份").removesuffix("集团")
    for trade, english in ENGLISH.items():
        if bare.endswith(trade):
            bare = bare.removesuffix(trade)
            return f"{title(bare)} {english} Co., Ltd."
    return " ".join(syllable.title() for syllable in lazy_pinyin(bare))


def pairs(path: Path) -> None:
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    kinds: dict[str, Counter[bool]] = {}
    found = Counter[tuple[bool, bool]]()
    compare("王伟", "Wang Wei")  # load the tables first
    started = time.perf_counter()
    for row in rows:
        alert = compare(row["query"], row["list_name"]).score >= ALERT
        truth = row["match"] == "yes"
        found[alert, truth] += 1
        kinds.setdefault(row["kind"], Counter())[alert == truth] += 1
    spent = time.perf_counter() - started
    precision = found[True, True] / (found[True, True] + found[True, False])
    recall = found[True, True] / (found[True, True] + found[False, True])
    print(f"pairs: {len(rows)}, {1e6 * spent / len(rows):.0f} us a pair")
    print(f"  precision {precision:.3f} (aim 0.88), recall {recall:.3f} (aim 0.93), "
          f"F1 {2 * precision * recall / (precision + recall):.3f} (aim 0.90)")  # fmt: skip
    for kind, right in sorted(kinds.items()):
        print(f"  {kind:26} {right[True]:3} of {right.total()}")


def crowd() -> None:
    maker = Maker(8)
    listed = [maker.name() for _ in range(SIZE)]
    started = time.perf_counter()
    index = NameIndex([made.text] for made in listed)
    print(f"index of {SIZE} names: {time.perf_counter() - started:.1f} s (aim 10)")
    chosen = maker.random.sample(range(SIZE), CHANGED)
    hit = Counter[str]()
    asked = Counter[str]()
    for place in chosen:
        query = maker.changed(listed[place])
        labels = {m.label for m in index.search(query, floor=ALERT, most=50)}
        asked[listed[place].kind] += 1
        hit[listed[place].kind] += listed[place].text in labels
    print(f"recall of {CHANGED} changed names: {hit.total() / CHANGED:.3f} (aim 0.93)")
    for kind, count in sorted(asked.items()):
        print(f"  {kind:16} {hit[kind]:3} of {count}")
    clean(index, listed)
    speed(index, maker, listed)


def clean(index: NameIndex, listed: list[Made]) -> None:
    known = {made.text for made in listed}
    maker = Maker(31)
    firms = (made for made in iter(maker.name, None) if made.kind.endswith("firm"))
    queries = [made.text for made, _ in zip(
        (f for f in firms if f.text not in known), range(CLEAN), strict=False)]  # fmt: skip
    alerts = [q for q in queries if index.search(q, floor=ALERT, most=1)]
    print(f"clean firms with an alert: {100 * len(alerts) / CLEAN:.1f} % (aim 3)")


def speed(index: NameIndex, maker: Maker, listed: list[Made]) -> None:
    queries = [maker.changed(maker.random.choice(listed)) for _ in range(BATCH // 2)]
    queries += [maker.name().text for _ in range(BATCH // 2)]
    names_in.cache_clear()
    spent = []
    started = time.perf_counter()
    for query in queries:
        begun = time.perf_counter()
        index.search(query)
        spent.append(time.perf_counter() - begun)
    total = time.perf_counter() - started
    spent.sort()
    print(f"query: median {1000 * spent[len(spent) // 2]:.1f} ms, "
          f"p95 {1000 * spent[int(len(spent) * 0.95)]:.1f} ms (aim 50)")  # fmt: skip
    print(f"{BATCH} parties: {total:.1f} s (aim 30)")


def goods() -> None:
    """Search among 20 000 control-list entries, as the page does."""
    maker = Maker(5)
    lines = ["code,heading,heading_zh,parameters,hs_codes"]
    for number in range(SIZE):
        word = "".join(maker.pick(SYLLABLES) for _ in range(3))
        lines.append(
            f"{number % 9 + 1}{'ABCDE'[number % 5]}{number:05},{word} {maker.pick(WORK)},"
            f"{maker.brand()}{maker.pick(TRADES)},at least {number} units,{8400 + number % 99}.10"
        )
    content = "\n".join(lines).encode()
    source = Source("BENCH", ListKind.GOODS, date(2026, 1, 1), content, "benchmark")
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/bench.db")
        schema.upgrade(engine)
        started = time.perf_counter()
        with shared_session(engine) as session:
            moment = datetime(2026, 1, 1, tzinfo=UTC)
            import_goods(session, source, read_control_entries(content), now=moment)
        print(f"import of {SIZE} entries: {time.perf_counter() - started:.1f} s")
        spent = []
        with shared_reading(engine) as session:
            for text in [
                "1A",
                "电子",
                "精密仪器",
                "kestre",
                "8412.10",
                "photonics units",
                "9E19999",
            ] * 5:
                begun = time.perf_counter()
                search_goods(session, text)
                spent.append(time.perf_counter() - begun)
        engine.dispose()
    spent.sort()
    print(f"goods search: median {1000 * spent[len(spent) // 2]:.1f} ms, "
          f"slowest {1000 * spent[-1]:.1f} ms (aim 50)")  # fmt: skip


if __name__ == "__main__":
    pairs(Path(sys.argv[1]) if len(sys.argv) > 1 else PAIRS)
    crowd()
    goods()
