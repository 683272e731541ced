"""The forms a verb takes before its endings, made by rule from its dictionary form: 듣다 -> 듣, 들어, 들었, 들을, 들은, 들음, 들으.

verb -> {form: shapes}; which endings may follow a shape, and what they say, is predicates.py's. Pure text, without a dictionary: what does not
follow the rule of its last letter is listed (국립국어원 한글 맞춤법 제18항, https://korean.go.kr/kornorms/regltn/regltnView.do#a).
"""

from __future__ import annotations

from functools import lru_cache

STEM, DROPPED, LINKED, OPEN, PAST, TO_COME, BEFORE, NAMED, POLITE = "stem dropped linked open past to_come before named polite".split()
"""Shapes: 살(고) · 사(는) · 살(면) · 살아 · 살았 · 살 · 산 · 삶 · 삽(니다)."""
_MEDIALS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_NONE, _N, _T, _L, _LM, _M, _P, _S, _SS, _H = 0, 4, 7, 8, 10, 16, 17, 19, 20, 27
"""Indices of final consonants in a Hangul syllable."""
_FUSED = {"ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅣ": "ㅕ", "ㅚ": "ㅙ"}
_SAME = "ㅏㅓㅐㅔㅕ"
"""Vowels that swallow the 아 or 어 behind them."""
_REGULAR_P = ("입", "잡", "뽑", "씹", "접", "집", "좁", "꼽", "업")
_IRREGULAR_T = ("듣", "걷", "묻", "싣", "깨닫", "긷")
_IRREGULAR_S = ("낫", "붓", "짓", "잇", "긋", "젓")
_REGULAR_H = ("좋", "놓", "넣", "쌓", "낳", "닿", "찧", "빻")
_ALSO = {
    "이러다": ("이래", "이랬"), "그러다": ("그래", "그랬"), "어쩌다": ("어째", "어쨌"), "푸다": ("퍼", "펐"), "아니다": ("아니야", "아니었"),
    "묻다": ("묻어", "묻었"), "걷다": ("걷어", "걷었"),
}  # fmt: skip
"""Open and past forms beside the ones made by rule; 묻다 and 걷다 are two verbs each."""
_PLAIN_REU = ("들르", "치르", "따르")
"""르 that only loses its ㅡ: 따르다 -> 따라."""


def split(char: str) -> tuple[int, str, int]:
    """(lead index, medial jamo, final index) of a Hangul syllable."""
    code = ord(char) - 0xAC00
    return code // 588, _MEDIALS[code // 28 % 21], code % 28


def join(lead: int, medial: str, final: int) -> str:
    """The syllable of `split`'s three."""
    return chr(0xAC00 + lead * 588 + _MEDIALS.index(medial) * 28 + final)


def closed(text: str, final: int) -> str:
    """`text` with another final consonant: 가, ㄴ -> 간."""
    lead, medial, _ = split(text[-1])
    return text[:-1] + join(lead, medial, final)


@lru_cache(maxsize=4096)
def forms(verb: str) -> dict[str, frozenset[str]]:
    """Every form of a verb in -다 with the shapes it may be; ValueError for what ends otherwise."""
    if not verb.endswith("다") or len(verb) < 2 or not "가" <= verb[-2] <= "힣":
        raise ValueError(f"{verb!r} is no verb in its dictionary form")
    stem = verb[:-1]
    final = split(stem[-1])[2]
    linked, open_ = _linked(stem), _open(stem)
    bare = closed(stem, _NONE) if final == _L else linked
    vowel = split(bare[-1])[2] == _NONE
    pairs = [
        (stem, STEM), (linked, LINKED), (open_, OPEN), (closed(open_, _SS), PAST),
        (closed(bare, _L) if vowel else bare + "을", TO_COME), (closed(bare, _N), BEFORE), (closed(bare, _M), NAMED),
    ]  # fmt: skip
    pairs += [*zip(_ALSO.get(verb, ()), (OPEN, PAST), strict=False)]
    pairs += [(bare, DROPPED), (closed(stem, _LM), NAMED)] if final == _L else []
    pairs += [(closed(bare, _P), POLITE)] if vowel else []
    return {form: frozenset(shape for other, shape in pairs if other == form) for form, _ in pairs}


def _linked(stem: str) -> str:
    """The stem before 면, 려고, 니까: 먹으, 들으, 추우, 나으, 가, 살."""
    final = split(stem[-1])[2]
    if final in (_NONE, _L):
        return stem
    if final == _P and not stem.endswith(_REGULAR_P):
        return closed(stem, _NONE) + "우"
    if final == _T and stem.endswith(_IRREGULAR_T):
        return closed(stem, _L) + "으"
    if final == _S and stem.endswith(_IRREGULAR_S):
        return closed(stem, _NONE) + "으"
    if final == _H and not stem.endswith(_REGULAR_H):
        return closed(stem, _NONE)
    return stem + "으"


def _open(stem: str) -> str:
    """The form before 서, 요, 야: 먹어, 가, 들어, 추워, 나아, 몰라, 써, 해."""
    if stem.endswith("하"):
        return stem[:-1] + "해"
    lead, medial, final = split(stem[-1])
    bright = medial in "ㅏㅗㅑㅛ"
    if final == _P and not stem.endswith(_REGULAR_P):
        return closed(stem, _NONE) + ("와" if stem in ("돕", "곱") else "워")
    if final == _T and stem.endswith(_IRREGULAR_T):
        return closed(stem, _L) + ("아" if bright else "어")
    if final == _H and not stem.endswith(_REGULAR_H):
        return stem[:-1] + join(lead, "ㅐ", _NONE)
    if final and not (final == _S and stem.endswith(_IRREGULAR_S)):
        return stem + ("아" if bright else "어")
    if final:
        return closed(stem, _NONE) + ("아" if bright else "어")
    return _vowel(stem, lead, medial)


def _vowel(stem: str, lead: int, medial: str) -> str:
    """The open form of a stem that ends in a vowel."""
    before = stem[:-1]
    if medial == "ㅡ":
        bright = bool(before) and split(before[-1])[1] in "ㅏㅗㅑ"
        vowel = "ㅏ" if bright else "ㅓ"
        if stem[-1] == "르" and before and not stem.endswith(_PLAIN_REU) and split(before[-1])[2] == _NONE:
            return closed(before, _L) + join(lead, vowel, _NONE)
        return before + join(lead, vowel, _NONE)
    if medial in _SAME:
        return stem
    return before + join(lead, _FUSED[medial], _NONE) if medial in _FUSED else stem + "어"
