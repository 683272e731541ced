"""Ordinary first messages, answered by the bundled model and judged one by one by a person.

ohlora chat --once - --json --session each < evaluate/data/ordinary_test.txt > answers.jsonl   # or a fresh OHLORA_HOME a line
python -m evaluate.ordinary sheet answers.jsonl evaluate/data/ordinary_test.txt > sheet.tsv    # verdict and why to fill in
python -m evaluate.ordinary report evaluate/data/ordinary_verdicts.tsv                         # Markdown for docs/mini-report.md
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from evaluate.metrics import wilson
from ohlora_tui.errors import DataError

COLUMNS = ("message", "answer", "speaker", "verdict", "why")
VERDICTS = {"good": "말이 되고 오로라답다", "half": "반쯤 맞다", "bad": "말이 안 되거나 틀렸다"}
SPEAKERS = {"row": "써 둔 말", "model": "모델"}


def sheet(answers: Path, messages: Path) -> list[dict[str, str]]:
    """One line a message with her answer, verdict and why empty. DataError where the two files do not belong together."""
    asked = [line.strip() for line in messages.read_text(encoding="utf-8").splitlines() if line.strip()]
    told = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines() if line.strip()]
    if len(asked) != len(told):
        raise DataError(
            f"{messages}의 말은 {len(asked)}개인데 {answers}의 대답은 {len(told)}개예요.", "같은 파일로 다시 답하게 해 주세요."
        )
    return [
        {"message": m, "answer": t["answer"], "speaker": t["speaker"], "verdict": "", "why": ""}
        for m, t in zip(asked, told, strict=True)
    ]


def read(path: Path) -> list[dict[str, str]]:
    """A judged sheet. DataError names a line without a verdict."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    for number, row in enumerate(rows, 2):
        if row.get("verdict") not in VERDICTS or row.get("speaker") not in SPEAKERS:
            raise DataError(
                f"{path} {number}번째 줄의 verdict 값 {row.get('verdict')!r}.",
                f"{', '.join(VERDICTS)} 가운데 하나를 적어 주세요.",
            )
    return rows


def report(rows: list[dict[str, str]]) -> str:
    """The verdicts as Markdown: shares with intervals by speaker, then every message."""
    lines = ["| 누가 말했나 | n | 말이 된다 | 반쯤 | 틀렸다 | 말이 되는 비율 (95 %) |", "|---|---|---|---|---|---|"]
    for speaker in ("all", *SPEAKERS):
        part = [r for r in rows if speaker in ("all", r["speaker"])]
        lines.append(f"| {SPEAKERS.get(speaker, '모두')} | {_counts(r['verdict'] for r in part)} |")
    lines += ["", "| # | 말 | 대답 | 누가 | 판정 | 까닭 |", "|---|---|---|---|---|---|"]
    marks = {"good": "○", "half": "△", "bad": "✕"}
    for number, row in enumerate(rows, 1):
        cells = [row["message"], row["answer"], SPEAKERS[row["speaker"]], marks[row["verdict"]], row["why"]]
        lines.append(f"| {number} | " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
    return "\n".join(lines)


def _counts(verdicts: Iterable[str]) -> str:
    tally = Counter(verdicts)
    n = sum(tally.values())
    low, high = wilson(tally["good"], n)
    share = f"{tally['good'] / n:.0%} ({low:.0%}–{high:.0%})" if n else "–"
    return " | ".join([str(n), *(str(tally[v]) for v in VERDICTS), share])


def main(words: list[str]) -> None:
    match words:
        case ["sheet", answers, messages]:
            writer = csv.DictWriter(
                sys.stdout, COLUMNS, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n"
            )
            writer.writeheader()
            writer.writerows(sheet(Path(answers), Path(messages)))
        case ["report", judged]:
            print(report(read(Path(judged))))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
