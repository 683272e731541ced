"""The known key that an unknown one was meant for: another word, another spacing, a slip of the finger. Pure.

Careful on purpose: `외할머니` is no slip of `할머니`, and `회사 위치` would lose its meaning as `회사`.
"""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

from ohlora_tui.memory import keys
from ohlora_tui.memory.words import bare_noun, tidy

SYNONYMS = {
    "주소": "사는 곳", "집주소": "사는 곳", "사는집": "사는 곳", "거주하는곳": "사는 곳", "직장": "회사", "다니는회사": "회사", "직종": "직업", "학과": "전공",
    "다니는학교": "학교", "성함": "이름", "본명": "이름", "닉네임": "별명", "생년월일": "생일", "생일날": "생일", "태어난날": "생일", "태어난곳": "고향", "출생지": "고향",
    "신장": "키", "체중": "몸무게", "연령": "나이", "펫": "반려동물", "애완견": "반려동물", "반려견": "반려동물", "반려묘": "반려동물", "키우는동물": "반려동물",
    "알러지": "알레르기", "취미생활": "취미", "걱정": "고민", "걱정거리": "고민", "스케줄": "향후 일정", "계획": "향후 일정", "날씨상태": "오늘 날씨",
    "가보고싶은곳": "가고 싶은 곳", "먹고싶은것": "먹고 싶은 음식", "성격유형": "MBTI", "엠비티": "MBTI",
}  # fmt: skip
"""Other words for a known key, without spaces. keys.ALIASES has those that need no question."""
HEADS = ("제일 좋아하는", "가장 좋아하는", "좋아하는", "싫어하는", "무서워하는", "못 먹는", "안 먹는")
"""Openings whose second word is free: `좋아하는음식` -> `좋아하는 음식`."""
LIKENESS = 0.82
"""Share of letters (jamo) that a slip leaves: one wrong of six or more. `여름` and `이름` share .80 and are two words."""


@lru_cache(maxsize=2_000)
def nearest(key: str) -> str:
    """The known key nearest to an unknown one; "" if none is near enough, or `key` is known itself."""
    tidied = tidy(key)
    if keys.kind(tidied) is not keys.OTHER:
        return ""
    slot, rest = keys.SLOT.match(tidied), keys.base(tidied)
    if slot and rest != tidied and (plain := nearest(rest)):
        return f"{slot[1]} {keys.base(plain)}"
    squeezed = tidied.replace(" ", "").casefold()
    return _headed(squeezed) or SYNONYMS.get(squeezed, "") or _without_particle(tidied) or _slipped(squeezed)


def _headed(squeezed: str) -> str:
    for head in HEADS:
        rest = squeezed.removeprefix(head.replace(" ", ""))
        if rest and rest != squeezed:
            return f"{head} {rest}"
    return ""


def _without_particle(key: str) -> str:
    bare = keys.canonical(bare_noun(key))
    return bare if keys.kind(bare) is not keys.OTHER else ""


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    """Squeezed spelling -> known key, day words before plans and the like."""
    dated = [name for name, kind in keys.KINDS.items() if kind.dated]
    names = [*keys.KINDS, *(f"{slot} {name}" for slot in keys.SLOTS for name in dated)]
    return {name.replace(" ", "").casefold(): name for name in names}


def _slipped(squeezed: str) -> str:
    """As many syllables, and all but a letter or so the same."""
    letters = unicodedata.normalize("NFD", squeezed)
    scored = [
        (SequenceMatcher(None, letters, unicodedata.normalize("NFD", name), autojunk=False).ratio(), known)
        for name, known in _known().items()
        if len(name) == len(squeezed)
    ]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= LIKENESS else ""
