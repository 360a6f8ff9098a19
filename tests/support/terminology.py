"""The terminology table: `python -m tests.support.terminology > docs/TERMINOLOGY.md`."""

import sys

from compliance.catalogue import load_edition

HEAD = """\
# Terminology · 术语对照

Written from `questionnaires/terms.yaml`, where the words are explained to those who answer; a test
keeps the two in step. The Chinese words are those of the law.

由 `questionnaires/terms.yaml` 生成，测试保证两者一致。中文用语以法律法规为准。

| English | 中文 | meaning | 释义 | provision |
|---|---|---|---|---|
"""


def table() -> str:
    """The page as it must stand in the repository."""
    rows = [
        f"| {term.word.en} | {term.word.zh} | {term.definition.en} | {term.definition.zh} "
        f"| {f'`{term.provision}`' if term.provision else '–'} |\n"
        for term in load_edition().terms.values()
    ]
    return HEAD + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(table())
