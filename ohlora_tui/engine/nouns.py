"""Korean words as they end a memory's value: without particle or copula, verbs as nouns in -ㅁ/-음.

    카페에서 -> 카페 · 학생이야 -> 학생 · 떨어졌어 -> 떨어짐 · 우울해 -> 우울함

Endings and Hangul arithmetic only, no dictionary: where a word could be either, both forms are given.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_MANY = tuple("에서는 이라고 에서도 까지는 부터는 에서 에게 한테 까지 부터 이랑 하고 으로 라고 이나 에는 에도 처럼 보다".split())
_AFTER_FINAL = {
    "을": True,
    "를": False,
    "이": True,
    "가": False,
    "은": True,
    "는": False,
    "과": True,
    "와": False,
    "랑": False,
    "로": False,
}
_ALWAYS = ("에", "도", "만", "의", "께", "인")
_AFTER_ANY = ("입니다", "인데요", "인가봐", "인데", "거든")
_COPULA = (
    *_AFTER_ANY,
    *"이었습니다 이었어 이에요 이예요 이거든 이지만 이래요 이라서 이랬어 이야 이다 이래 이네 이지 였습니다 예요 에요 였어 라서 야".split(),
)
_E_STEMS = {"빠": "쁘", "뻐": "쁘", "파": "프", "퍼": "프", "써": "쓰", "커": "크", "꺼": "끄", "떠": "뜨"}
"""Stems that drop ㅡ: 바빠 -> 바쁘, 슬퍼 -> 슬프, 커 -> 크."""
_VOWELS = {"ㅕ": "ㅣ", "ㅘ": "ㅗ", "ㅝ": "ㅜ", "ㅙ": "ㅚ"}
"""Contracted vowel -> the stem's: 걸려 -> 걸리, 와 -> 오, 싸워 -> 싸우, 돼 -> 되."""

_CONTRACTED = frozenset("해돼봐와쳐켜겨셔려워져녀여줘꿔춰")
"""Last syllables that are seldom a noun's."""
_SHORT = frozenset("해 와 커 줘 써 봐 돼".split())
"""Contracted verbs of one syllable; other single syllables are taken for nouns."""
_IN_EO = re.compile(r".*(?:[영언연문단국본인붕등민숭잉]어|[가-힣]*[방상장광농]어)")
"""Nouns in -어 that are no verbs: 영어, 한국어, 고등어, 장어 …"""

_MEDIALS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_NONE, _N, _L, _LM, _M, _P, _SS = 0, 4, 8, 10, 16, 17, 20
"""Indices of final consonants in a Hangul syllable: none, ㄴ, ㄹ, ㄻ, ㅁ, ㅂ, ㅆ."""


def endings(word: str) -> list[str]:
    """The forms in which `word` may end a value: a verb as a noun, else without its particle; both where it could be either.

    했어 -> 함 · 우울해 -> 우울함 · 카페에서 -> 카페 · 고양이 -> 고양이, 고양 · 학생이야 -> 학생
    """
    if not word:
        return []
    if bare := _copula(word):
        return bare
    if root := re.fullmatch(r"(.{2,})(?:할|하러|하려고|하는|하고|하기|하면|나)", word):
        return [root[1]]
    if not _IN_EO.fullmatch(word) and (noun := nominal(word)):
        root = re.fullmatch(r"(.{2,})(?:함|됨|당함|하심)", noun)
        return [noun, root[1]] if root else [noun]
    return list(dict.fromkeys(_particle(word)))


def nominal(word: str) -> str:
    """An inflected verb or adjective as a noun in -ㅁ/-음 (떨어졌어 -> 떨어짐), "" if `word` does not look like one."""
    word = re.sub(r"(?<=[가-힣])요$", "", word)
    for pattern, stem_of in _VERBS:
        if (found := re.fullmatch(pattern, word)) and (stem := stem_of(found[1])):
            return _with_m(stem)
    return ""


def _past(text: str) -> str:
    """Stem before -았/었: 떨어졌 -> 떨어지, 먹었 -> 먹, 했 -> 하; "" where the last syllable is no past form."""
    if not text or _final(text[-1]) != _SS:
        return ""
    if text[-1] in "있겠":
        return text
    last = _set_final(text[-1], _NONE)
    return _present(text[:-1] + last)


def _present(text: str) -> str:
    """Stem before -아/어 in its contracted forms: 우울해 -> 우울하, 없어 -> 없, 아파 -> 아프, 몰라 -> 모르; "" if none fits."""
    if not text or not _is_hangul(text[-1]):
        return ""
    before, last = text[:-1], text[-1]
    if last == "해":
        return before + "하"
    if last in "아어" and before:
        return before
    if last in "라러" and before and _final(before[-1]) == _L:
        return before[:-1] + _set_final(before[-1], _NONE) + "르"
    if last in _E_STEMS and (last != "파" or before.endswith(("아", "고"))):
        return before + _E_STEMS[last]
    return before + _set_medial(last, _VOWELS.get(_medial(last), _medial(last)))


def _contracted(text: str) -> str:
    """`_present`, only for endings a noun seldom has: 해, 려, 워, 져, 빠, 파 … (a bare 가 or 사 is left alone)."""
    sure = text[-1:] in _CONTRACTED or text[-1:] in _E_STEMS
    return _present(text) if sure and (len(text) > 1 or text in _SHORT) else ""


def _ended(final: int) -> Callable[[str], str]:
    """A function giving the stem whose last syllable carries `final` (간 -> 가 for ㄴ), "" if it does not."""
    return lambda text: text[:-1] + _set_final(text[-1], _NONE) if text and _final(text[-1]) == final else ""


def _open_word(text: str) -> str:
    """The stem of -아/어 on a word of its own: 없어 -> 없, 많아 -> 많; "" for a stem that is no syllable with a final."""
    return text if text and _is_hangul(text[-1]) and _final(text[-1]) != _NONE else ""


def _stem(text: str) -> str:
    return text if text and _is_hangul(text[-1]) else ""


_VERBS = (
    (r"(.+?)(?:어|다|네|지|는데|거든|더라|대|음|습니다|으니까|어서|나 봐|잖아|는지|던데)", _past),
    (r"(.+)는(?:다|데|중|대|데요)", _stem),
    (r"(.+)(?:다|대|다고|다네)", _ended(_N)),
    (r"(.+)니다", _ended(_P)),
    (r"(.*[하싶좋없있많같프쁘크])다", _stem),
    (r"(.+)[아어](?:서)?", _open_word),
    (r"(.*[가-힣])은데", _open_word),
    (r"(.+?)서?", _contracted),
)
"""(ending, function to the stem), the first that fits: past, -ㄴ다, -ㅂ니다, -는데, -다, -아/어, -은데, contracted present."""


def _with_m(stem: str) -> str:
    """Stem as a noun: 먹 -> 먹음, 가 -> 감, 힘들 -> 힘듦."""
    last = stem[-1]
    if _final(last) == _NONE:
        return stem[:-1] + _set_final(last, _M)
    return stem[:-1] + _set_final(last, _LM) if _final(last) == _L else stem + "음"


def _copula(word: str) -> list[str]:
    """학생이야 -> 학생, 학생이 (고양이야 needs the second) · 커피예요 -> 커피 · 친구야 -> 친구; [] where there is none."""
    for ending in _COPULA:
        bare = word.removesuffix(ending)
        if bare in ("", word):
            continue
        if ending in _AFTER_ANY:
            return [bare]
        closed = _final(bare[-1]) != _NONE
        if ending.startswith("이") and not closed:
            return [f"{bare}이"]
        if ending.startswith("이"):
            return [bare, f"{bare}이"]
        if not closed or not _is_hangul(bare[-1]):
            return [bare]
    return []


def _particle(word: str) -> list[str]:
    """The word without its particle first, the word itself beside it where the last syllable may be its own."""
    for ending in _MANY:
        if word.endswith(ending) and len(word) > len(ending):
            return [word.removesuffix(ending)]
    bare, last = word[:-1], word[-1]
    needs = _AFTER_FINAL.get(last)
    fits = needs is not None and bare and _is_hangul(bare[-1]) and (_final(bare[-1]) != _NONE) == needs
    if last == "로" and bare and _is_hangul(bare[-1]):
        fits = _final(bare[-1]) in (_NONE, _L)
    if not bare or not (fits or last in _ALWAYS):
        return [word]
    return [bare] if last in "을를" and len(bare) > 1 else [bare, word]


def _is_hangul(char: str) -> bool:
    return "가" <= char <= "힣"


def _final(char: str) -> int:
    """Index of the final consonant, 0 for none; -1 if `char` is no Hangul syllable."""
    return (ord(char) - 0xAC00) % 28 if _is_hangul(char) else -1


def _medial(char: str) -> str:
    return _MEDIALS[(ord(char) - 0xAC00) // 28 % 21]


def _set_final(char: str, final: int) -> str:
    return chr(ord(char) - _final(char) + final)


def _set_medial(char: str, medial: str) -> str:
    code = ord(char) - 0xAC00
    return chr(0xAC00 + (code // 588 * 21 + _MEDIALS.index(medial)) * 28 + code % 28)
