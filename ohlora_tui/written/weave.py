"""A written row that speaks of a memory becomes a row with a slot: her words stay, the memory is the user's own.

row [내일 일정: 병원] "병원 가는 날이니까 …" + the user's [내일 일정: 친구랑 카페 가기로 함] -> "카페 가는 날이니까 …"
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ohlora_tui.records import Recall, Turn
from ohlora_tui.words import with_particle
from ohlora_tui.written.nominal import verbal

PLAN = "일정"
"""The family of all plans."""
_TIME = re.compile(
    r"^(?:(?:오늘|내일|모레|어제|그저께|이번 주말|이번 주|다음 주|지난주|이번 달|다음 달|향후|주말|[월화수목금토일]요일|\d+월|\d+일)\s*)+"
)
_DAY = re.compile(r"오늘|내일|모레|어제|그저께|주말")
_SPAN = re.compile(r"내일|모레|어제|그저께|주말|이번 주|다음 주|지난주|이번 달|다음 달")
"""Days that a plan of another day must not be told with; 오늘 is also when she speaks."""
_COMPANION = re.compile(
    r"^(?:\S+?(?:이랑|랑|하고)|\S*(?:친구|엄마|아빠|동생|언니|누나|오빠|형|가족|부모님|애인|동료|선배|후배|동기)(?:들)?[와과])\s+(?:같이\s+|함께\s+)?(?=\S)"
)
"""친구랑, 친구와; not 치과."""
_ENDING = re.compile(
    r"\s*(?:가기로 함|보기로 함|하기로 함|먹기로 함|만나기로 함|가기로|하기로|가기|보기|하기|먹기|만나기|가는 날|약속|예정|\s있음|\s감|\s함)$"
)
_CASE = re.compile(r"\s*(?:에서|에|을|를|으로|로)$")
_PARTICLE = r"(이한테|이가|이는|이를|이도|이의|이었|이랑|으로|이구나|이네|이니|이지|이면|이라|이나|이야|였|랑|로|구나|네|니|지|면|라|나|야|은|는|이|가|을|를|과|와)?"


def family(key: str) -> str:
    """The kind of fact a key names: times are left off, plans are one family."""
    bare = _TIME.sub("", key).strip()
    return PLAN if not bare or bare in ("계획", "약속", "일정") else bare


def core(value: str) -> str:
    """The noun of a plan: `친구랑 카페 가기로 함` -> `카페`. Other values stay as they are."""
    noun = _CASE.sub("", _ENDING.sub("", _COMPANION.sub("", value.strip()))).strip()
    return noun if len(noun) > 1 else value.strip()  # 장보기 is no 장


def woven(written: Turn, recalled: Sequence[Recall]) -> Turn | None:
    """`written` with the memory of its family out of `recalled` in the place of its own; None where it has no such slot."""
    answer, used = written.answer, []
    if len({family(own.memory.key) for own in written.recalls}) < len(written.recalls):
        return None  # two plans in one answer would both become the same
    for own in written.recalls:
        kind, value = family(own.memory.key), own.memory.value
        theirs = next((r for r in recalled if family(r.memory.key) == kind), None)
        if theirs is None or _other_day(answer, theirs.text, kind == PLAN):
            return None
        if kind != PLAN and _lasts(theirs.memory.value) and not _lasts(value):
            return None  # "잠이 안 옴 때문에", "장거리 연애 중이한테"
        cut = core if kind == PLAN else str  # of a plan only the noun fits into a sentence
        if kind == PLAN and f"오늘 {cut(value)}" in answer and not theirs.text.startswith("[오늘"):
            return None
        filled = _fill(answer, cut(value), cut(theirs.memory.value))
        if filled is None:
            return None
        answer = filled
        used.append(theirs)
    return replace(written, answer=answer, recalls=tuple(used), change=None)


def _lasts(value: str) -> bool:
    """Whether a value tells what is or happens, and is no thing: 안 옴, 떨어짐, 연애 중."""
    return verbal(value) or value.endswith(" 중")


def _other_day(answer: str, text: str, plan: bool) -> bool:
    """Her answer names a day that is not the memory's: "내일 카페 가니까" for `[오늘 일정: 카페]`, "이번 주" for `[향후 일정: 시험]`."""
    key = text.split(":")[0]
    named, own = set(_DAY.findall(answer)), set(_DAY.findall(key))
    return bool(named and own and not named & own) or (plan and bool(set(_SPAN.findall(answer)) - set(_SPAN.findall(key))))


def _fill(answer: str, own: str, theirs: str) -> str | None:
    """`answer` with its own value replaced, particles mended; unchanged where both values are the same; None without a slot."""
    if own == theirs or not re.search(rf"(?<![가-힣]){re.escape(own)}", answer):
        return answer if own == theirs else None  # 배 is not in 담배
    pieces = re.split(rf"(?<![가-힣]){re.escape(own)}{_PARTICLE}", answer)  # text, particle, text, particle … text
    return pieces[0] + "".join(with_particle(theirs, p or "") + t for p, t in zip(pieces[1::2], pieces[2::2], strict=True))
