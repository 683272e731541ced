"""What the memory head may write: a known key and the user's own words, so that nothing can be invented.

A value is a run of the message's words whose last word loses its particle (카페에서 -> 카페) or becomes a noun
(떨어졌어 -> 떨어짐). Of 1,086 written memories 76 % have a value that can be written so, 99.8 % a key; none of their messages offers more than 185 values.
Pure text, no model: `constrained.py` turns it into a grammar.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ohlora_tui.engine.nouns import endings, nominal

KEYS = tuple(
    "오늘 일정|내일 일정|모레 일정|이번 주 일정|다음 주 일정|향후 일정|어제 일정|오늘 날씨|내일 날씨|상태|오늘 기분|고민|목표|건강|알레르기"
    "|직업|학교|전공|자격증|사는 곳|이름|호칭|별명|생일|나이|MBTI|기념일|가족|엄마|아빠|동생|언니|오빠|누나|형|할머니|할아버지|아들|딸|남편|아내|아이"
    "|부모님|이모|고모|삼촌|사촌|조카|여동생|남동생|회사|학년|고향|키|몸무게|혈액형"
    "|친구|연인|룸메이트|동료|반려동물|취미|운동|게임|특기|먹고 싶은 음식|못 먹는 음식|오늘 요리|가고 싶은 곳|가 본 곳|여행 계획|산 것"
    "|잃어버린 것|무서워하는 것|오로라에 대한 감정".split("|")
)
"""The persona sheet's keys and the relatives and companions that its "가족 …" stands for."""

TASTES = ("좋아하는", "싫어하는")
THINGS = tuple(
    "것 음식 음료 과일 간식 사람 연예인 가수 노래 음악 영화 드라마 책 웹툰 만화 게임 스포츠 운동 동물 계절 날씨 색 과목 곳 여행 옷 꽃".split()
)
"""What can be liked or disliked, besides the nouns of the message itself."""

LONGEST = 8
"""Words in a value. The longest of 1,086 written values has 6, 99 % have at most 5."""
MOST_WORDS = 60
"""Words of the message that are read; a longer message is cut, for the grammar grows with words x LONGEST."""

_OPENERS = frozenset(
    "나 난 나는 내가 나도 너 넌 너는 네가 로라야 로라 오로라 오로라야 야 응 아니 음 아 오 근데 그래서 그리고 그런데 사실".split()
)
"""Words no value begins with: they are about whom, not what."""
_INTENSIFIERS = frozenset("너무 진짜 정말 완전 드디어 또 왜 좀 막 제일 그냥 자꾸".split())
"""Words left out of every value, wherever they stand: 월급이 너무 적어 -> 월급이 적음."""
_FADING = re.compile(r"(?:[ㅋㅎㅠㅜ~!?.,…;]|[^\w\s가-힣%)\"'])+$")
"""What stands behind a word and is no part of it: ㅋㅋ, ㅠㅠ, dots, emoji."""


_EMPTY = re.compile(
    r"(?:(?:오늘|내일|모레|어제|요즘|지금|이번 주|주말|되게|너무|진짜|정말|많이|그냥|왜|뭐|나|너|로라야?|오로라야?)\s*)+|\S*[갈잘할올볼줄]게"
)
"""Spans that say nothing to remember: only day words and fillers, or an announcement of the moment (잘게, 갈게)."""


def value_spans(message: str) -> list[str]:
    """Every value that may be remembered from `message`, each once, in reading order.

    "나 내일 친구랑 카페 가기로 했어" -> ["내일", "내일 친구", …, "친구랑 카페 가기로 함", …, "카페", …]
    """
    words = [w for w in _words(message) if w not in _INTENSIFIERS]
    spans: dict[str, None] = {}
    for start, first in enumerate(words):
        if first in _OPENERS:
            continue
        for end in range(start, min(start + LONGEST, len(words))):
            for last in endings(words[end]):
                if start == end and len(last) == 1 and last == nominal(first):
                    continue  # 함, 감, 옴: a verb without what was done says nothing
                spans[" ".join([*words[start:end], last])] = None
    return [s for s in spans if len(s) <= 60 and not set(s) & set("[]\n") and not _EMPTY.fullmatch(s)]


def _words(message: str) -> list[str]:
    """The first MOST_WORDS words without the signs and ㅋㅋ, ㅠㅠ behind them."""
    return [w for w in (_FADING.sub("", w) for w in message.split()[:MOST_WORDS]) if w]


def key_choices(message: str) -> list[str]:
    """Every key the head may write for `message`: KEYS, and 좋아하는/싫어하는 with a THING or a noun of the message."""
    nouns = [n for w in _words(message) if not nominal(w) for n in endings(w) if re.fullmatch(r"[가-힣A-Za-z]{1,8}", n)]
    things = dict.fromkeys([*THINGS, *(n for n in nouns if n not in _OPENERS)])
    return [*KEYS, *(f"{taste} {thing}" for taste in TASTES for thing in things)]


def memory_regex(message: str) -> str:
    """The regex of every memory that `message` allows, `" [key: value]"`; "" if it allows none."""
    values = value_spans(message)
    return rf" \[({_either(key_choices(message))}): ({_either(values)})\]" if values else ""


def _either(texts: Sequence[str]) -> str:
    return "|".join(re.sub(r"([\\.+*?()|\[\]{}^$/])", r"\\\1", text) for text in texts)
