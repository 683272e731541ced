"""The root of an inflected word, without a dictionary: tense, ending and irregular ㅂ, ㅡ, ㄹ, ㅣ taken off.

외롭다, 외로워, 외로웠어 -> 외로 · 지치다, 지쳐, 지쳤어 -> 지치 · 힘들어, 힘든, 힘드네 -> 힘드 · 우울해, 우울하다 -> 우울
"""

from __future__ import annotations

import re
from functools import lru_cache

from ohlora_tui import words
from ohlora_tui.written.inflect import join, split

SAME = 0.95
"""What two words of one root share: nearly all, so that the same wording still comes first."""
_CONTRACTED = {"ㅕ": "ㅣ", "ㅝ": "ㅜ", "ㅘ": "ㅗ", "ㅙ": "ㅚ"}
"""Contracted vowel -> the stem's: 지쳐 -> 지치, 싸워 -> 싸우, 와 -> 오, 돼 -> 되."""
_N, _L, _M, _P, _SS = 4, 8, 16, 17, 20
"""Indices of final consonants in a Hangul syllable: ㄴ, ㄹ, ㅁ, ㅂ, ㅆ."""
_ENDING = re.compile(
    r"(?:습니다|으니까|니까|은데|는데|거든|더라|잖아|는구나|구나|는다|어서|아서|네|다|니|냐|죠|어|아|는|당|엉|앙|(?<=[가-힣]{2})(?:지|고|음)|(?<=[오하])지)(?:요)?$|요$"
)
_OPEN = re.compile(
    r"[가-힣]*[려쳐져겨셔켜녀여워와해돼봐줘춰꿔파퍼빠뻐써커꺼떠러라나가사차타자싸][요서]?|[가-힣]*[았었했갔왔났됐켰졌쳤렸셨꿨봤줬샀섰겼녔웠였팠빴썼컸떴][가-힣]*"
)
"""A word that is a verb by its last letter even without an ending."""
_CLOSED = re.compile(r"[가-힣]*(?:[운든린친픈쁜큰쓴]|[친인린진간온난]다|[움픔쁨]|[가-힣][남감옴봄짐임함됨])")
"""외로운, 힘든, 아픈, 지친다, 외로움."""


@lru_cache(maxsize=16384)
def root(word: str) -> str:
    """Root of an inflected word, "" for a word that does not look inflected."""
    cut = _ENDING.sub("", word) if len(word) > 1 else word
    if cut == word and not _OPEN.fullmatch(word) and not _CLOSED.fullmatch(word):
        return ""
    cut = cut.removesuffix("서") if len(cut) > 2 and cut == word.removesuffix("요") and _OPEN.fullmatch(cut) else cut
    return _opened(cut) if cut and "가" <= cut[-1] <= "힣" else ""


def _opened(text: str) -> str:
    """The stem with its last syllable brought to one form for all endings."""
    before, (lead, medial, final) = text[:-1], split(text[-1])
    if text[-1] in "있없싶겠":
        return text
    if text[-1] in "았었" and before and split(before[-1])[2]:
        return _opened(before)  # 힘들었 -> 힘들
    if final == _P:
        return before + join(lead, medial, 0)  # 외롭 -> 외로
    if final in (_SS, _N, _L, _M):
        text, final = before + join(lead, medial, 0), 0
    if final:
        return text
    if text[-1] in "해하했" and before:
        return before  # 우울해 -> 우울
    if text[-1] in "워우와" and before and split(before[-1])[2] == 0:
        return before  # 외로워, 외로우- -> 외로
    stem = join(lead, _CONTRACTED.get(medial, medial), 0)
    if before and medial in "ㅏㅓ" and lead != 11:
        stem = join(lead, "ㅡ", 0)  # 아파 -> 아프, 바빠 -> 바쁘
    return before + stem


@lru_cache(maxsize=65536)
def alike(one: str, other: str) -> float:
    """Share of letters from the front, 0..1; SAME for two forms of one word (외롭다, 외로워)."""
    if one == other:
        return 1.0
    mine = root(one)
    return SAME if mine and mine == root(other) else words.alike(one, other)


FILLERS = frozenset(
    "나 난 나는 내가 진짜 진짜로 정말 정말로 너무 너무너무 완전 되게 엄청 아주 겁나 개 존나 막 좀 그냥 방금 이제 지금 오늘 오늘은 오늘도 요즘 요새 "
    "근데 아 야 음 와 헐 그리고 자꾸 계속 역시 또 다시 약간 조금 진심 매우 아까 역시나 새벽인데 다음에".split()
)
"""Words that change nothing of what is told."""


@lru_cache(maxsize=16384)
def matter(text: str) -> frozenset[str]:
    """Roots of the words of a bare message, fillers off: equal for two wordings of one matter."""
    return frozenset(f"{root(w)}-" if root(w) else words.stem(w) for w in kept(text))


def kept(text: str) -> list[str]:
    """The words of `text` without fillers; a last 나 is a verb (콧물 나)."""
    found = text.split()
    return [w for i, w in enumerate(found) if w not in FILLERS or (w == "나" and i and i == len(found) - 1)]
