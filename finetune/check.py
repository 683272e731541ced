"""`make data`: is every persona row and memory line fit to be trained on? Prints tables, then every fault by file and line.

Each check is a function rows -> faults; CHECKS is the list of all. Exit code 1 when a fault is found.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from finetune.split import alike_pairs
from ohlora_tui.dataset import SPLITS, read_rows
from ohlora_tui.errors import OhLoraError
from ohlora_tui.heads import HEADS
from ohlora_tui.memory import keys
from ohlora_tui.records import Memory, Row

DATA = Path(__file__).parent / "data"

ACROSS_SPLITS = 0.80
"""Character TF-IDF cosine at which a training message counts as a copy of a held-out one."""
SAME_ANSWER = 0.85
"""The same for two answers anywhere. One message may have several answers: they keep her from repeating herself."""
ANSWER_LENGTH = (3, 140)
"""Characters of an answer: PERSONA asks for 15-60, the longest written one has 113."""
SUMMARY_LENGTH = (4, 48)

SPELLING: tuple[tuple[str, str], ...] = (
    (r"되요", "돼요"), (r"(?<![가-힣])안되(?!어|고 말)", "안 되"), (r"몇일", "며칠"), (r"어떻해", "어떡해"), (r"[할갈볼줄올]께", "-ㄹ게"),
    (r"금새", "금세"), (r"왠만", "웬만"), (r"오랫만", "오랜만"), (r"설겆이", "설거지"), (r"희안", "희한"), (r"역활", "역할"),
    (r"일일히", "일일이"), (r"갯수", "개수"), (r"왠지모르", "왠지 모르"), (r"웬지", "왠지"), (r"바램", "바람"), (r"밤을? ?새(?:다|고 |서|느라)", "밤을 새우-"),
    (r"  ", "칸 하나"), (r" [,.!?]", "부호 앞 칸 없이"), (r"(?<![ㄱ-ㅎ])[ㄱ-ㅊㅌ-ㅍ](?![ㄱ-ㅎ가-힣ㅏ-ㅣ])", "홀로 선 낱자"),
)  # fmt: skip
"""(what is wrong, what is right) in what she writes. Users may misspell; she does not."""

CONTRADICTIONS: tuple[tuple[str, str, str], ...] = (
    (r"(?<!자)(너|넌|네|니) ?(는|가)? ?이름(이|은)? ?(뭐|뭔|머|알려)", r"오로라|로라|Oh-LoRA", "이름은 오로라"),
    (r"(너|니|네) ?(의 )?생일(이|은)? ?(언제|뭐)", r"10월 11일", "생일은 10월 11일"),
    (r"(너|니|네)(는|의)? ?mbti|너 엠비티아이", r"ENTJ|엔티제|MBTI", "MBTI는 ENTJ"),
    (r"(너|넌|니) ?(혹시 )?(ai|인공지능|사람)(야|이야|이니|니|임|인가)", r"AI|가상|인공지능", "물으면 AI라고 말한다"),
)
"""(message asks, answer must hold, fact): the persona's fact table where a question has one answer."""

NEVER_SAID: tuple[tuple[str, str], ...] = (
    (r"언어 모델로서|저는 AI", "AI 상담원 말투"),
    (r"나도 (어제|아까|오늘|방금) [^.!?]{0,12}(먹었|마셨|걸었|다녀왔)", "몸이 없다"),
    (r"씨발|시발|병신|개새|좆|지랄", "욕설"),
    (r"어떻게 생각하시나요|에 대해 이야기해 볼까요", "번역 투"),
)
CRISIS = re.compile(r"죽고 ?싶|자해|자살|사라지고 ?싶|살기 싫|죽어 ?버리고")
CRISIS_PARTS = (r"109", r"24시간", r"여기 있", r"안전")

Fault = tuple[Row, str, str]
"""(row, column, what is wrong)."""


def spelling(rows: list[Row]) -> Iterator[Fault]:
    for row in rows:
        for wrong, right in SPELLING:
            if found := re.search(wrong, row.turn.answer):
                yield row, "output_message", f"{found[0]!r} → {right}"


def lengths(rows: list[Row]) -> Iterator[Fault]:
    for row in rows:
        for column, text, (least, most) in (
            ("output_message", row.turn.answer, ANSWER_LENGTH),
            ("summary", row.turn.summary or "", SUMMARY_LENGTH),
        ):
            if not least <= len(text) <= most:
                yield row, column, f"{len(text)}자 ({least}–{most}자여야 함)"


def persona(rows: list[Row]) -> Iterator[Fault]:
    for row in rows:
        for asks, must, fact in CONTRADICTIONS:
            if re.search(asks, row.turn.message, re.I) and not re.search(must, row.turn.answer, re.I):
                yield row, "output_message", f"사실과 다를 수 있음: {fact}"
        for never, why in NEVER_SAID:
            if found := re.search(never, row.turn.answer):
                yield row, "output_message", f"{found[0]!r}: {why}"


def care(rows: list[Row]) -> Iterator[Fault]:
    for row in rows:
        if row.topic in ("care", "위기") and CRISIS.search(row.turn.message):
            for part in CRISIS_PARTS:
                if not re.search(part, row.turn.answer):
                    yield row, "output_message", f"위기 답에 {part!r}이 빠짐"


def weekdays(rows: list[Row]) -> Iterator[Fault]:
    for row in rows:
        found = re.match(r"(\d+)년 (\d+)월 (\d+)일 (.)요일", row.turn.clock)
        if row.turn.clock and not found:
            yield row, "input_data", f"시간을 읽을 수 없음: {row.turn.clock!r}"
        elif found and "월화수목금토일"[date(*map(int, found.groups()[:3])).weekday()] != found[4]:
            yield row, "input_data", f"요일이 틀림: {row.turn.clock!r}"


def memories(rows: list[Row]) -> Iterator[Fault]:
    for row in rows:
        if row.turn.memory and keys.kind(row.turn.memory.key) is keys.OTHER:
            yield row, "memory", f"목록에 없는 키: {row.turn.memory.key!r}"


def round_trip(rows: list[Row]) -> Iterator[Fault]:
    for row in rows:
        for head in HEADS.values():
            if head.parse(head.target(row.turn)) != head.value(row.turn):
                yield row, head.name, "쓴 대로 다시 읽히지 않음"


def chains(rows: list[Row]) -> Iterator[Fault]:
    """A follow-up row carries the summary of another row of its scenario."""
    told: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        told[row.scenario].add(row.turn.summary or "")
    for row in rows:
        last = row.turn.last_summary
        if last and len(told[row.scenario]) > 1 and last not in told[row.scenario]:
            yield row, "input_data", f"앞 줄의 요약과 다름: {last!r}"


def duplicates(rows: list[Row]) -> Iterator[Fault]:
    """The same answer twice, and plain messages that are copies of a held-out one."""
    seen: dict[str, Row] = {}
    for row in rows:
        if (first := seen.setdefault(row.turn.answer, row)) is not row:
            yield row, "output_message", f"{first.file} {first.line}번째 줄과 같은 대답"
    plain = [r for r in rows if not (r.turn.clock or r.turn.last_summary or r.turn.recalls)]
    for a, b in alike_pairs([r.turn.message for r in plain], ACROSS_SPLITS):
        one, two = plain[a], plain[b]
        if one.split != two.split:
            yield (
                two,
                "data_type",
                f"{one.file} {one.line}번째 줄({one.split})과 거의 같은 말: {one.turn.message!r} ~ {two.turn.message!r}",
            )
    for a, b in alike_pairs([r.turn.answer for r in rows], SAME_ANSWER):
        yield rows[b], "output_message", f"{rows[a].file} {rows[a].line}번째 줄과 거의 같은 대답: {rows[b].turn.answer!r}"


def one_split_a_scenario(rows: list[Row]) -> Iterator[Fault]:
    where: dict[str, Row] = {}
    for row in rows:
        if (first := where.setdefault(row.scenario, row)).split != row.split:
            yield row, "data_type", f"시나리오 {row.scenario!r}가 {first.split}와 {row.split}에 걸쳐 있음"


CHECKS: tuple[Callable[[list[Row]], Iterator[Fault]], ...] = (
    round_trip, lengths, spelling, persona, care, weekdays, memories, chains, duplicates, one_split_a_scenario,
)  # fmt: skip


def line_faults(path: Path) -> Iterator[str]:
    """Faults of the memory lines: form, one split a memory, no message twice, no near-copy across splits."""
    with path.open(encoding="utf-8", newline="") as handle:
        lines = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    split_of: dict[str, str] = {}
    seen: set[str] = set()
    for number, cells in enumerate(lines, 2):
        if cells["data_type"] not in SPLITS or cells["kind"] not in ("plain", "oblique", "none"):
            yield f"{path.name} {number}: {cells['data_type']!r}, {cells['kind']!r}"
        if (cells["kind"] == "none") != (not cells["memory"]):
            yield f"{path.name} {number}: none인 줄만 기억이 비어야 함"
        if cells["memory"]:
            try:
                Memory.parse(cells["memory"])
            except ValueError as wrong:
                yield f"{path.name} {number}: {wrong}"
            if split_of.setdefault(cells["memory"], cells["data_type"]) != cells["data_type"]:
                yield f"{path.name} {number}: {cells['memory']}가 두 갈래에 있음"
        if cells["message"] in seen:
            yield f"{path.name} {number}: 같은 말 {cells['message']!r}"
        seen.add(cells["message"])
    for a, b in alike_pairs([c["message"] for c in lines], ACROSS_SPLITS):
        if lines[a]["data_type"] != lines[b]["data_type"]:
            yield f"{path.name} {a + 2}, {b + 2}: 갈래를 넘는 거의 같은 말 {lines[a]['message']!r} ~ {lines[b]['message']!r}"


def table(rows: list[Row]) -> str:
    """Counts by split: rows, kinds of context, targets, and the most frequent expression."""
    out = [f"{'':10}{'줄':>7}{'첫마디':>7}{'요약':>7}{'기억':>7}{'시간':>7}{'새 기억':>8}{'최다 표정':>9}"]
    for split in SPLITS:
        part = [r.turn for r in rows if r.split == split]
        faces = Counter(t.expression for t in part)
        shares = [sum(bool(f(t)) for t in part) for f in (lambda t: t.last_summary, lambda t: t.recalls, lambda t: t.clock)]
        plain = sum(not (t.clock or t.last_summary or t.recalls) for t in part)
        keep = sum(t.memory is not None for t in part) / max(len(part), 1)
        top = faces.most_common(1)[0][1] / max(len(part), 1) if part else 0.0
        out.append(f"{split:10}{len(part):8}{plain:9}" + "".join(f"{s:9}" for s in shares) + f"{keep:10.1%}{top:11.1%}")
    return "\n".join(out)


def main() -> None:
    try:
        rows = read_rows(DATA / "persona")
    except OhLoraError as wrong:
        sys.exit(str(wrong))
    print(table(rows))
    faults = [f"{row.file} {row.line}: {column}: {what}" for check in CHECKS for row, column, what in check(rows)]
    faults += line_faults(DATA / "memory_lines" / "lines.tsv")
    print("\n".join(faults))
    sys.exit(f"고칠 곳 {len(faults)}군데" if faults else 0)


if __name__ == "__main__":
    main()
