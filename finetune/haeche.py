"""Stems of Korean verbs and their 해체 form, by jamo: 키우 -> 키워, 모르 -> 몰라, 만드 -> 만들어."""

from __future__ import annotations

_CODAS = "-ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_RIEUL_HA = 18  # index of ㅎ among the initials
_RIEUL = 5  # index of ㄹ among the initials


def split(syllable: str) -> tuple[int, str, str]:
    """One Hangul syllable as (index of its initial, vowel, coda); coda "-" if open. ValueError if it is none."""
    at = ord(syllable) - 0xAC00
    if not 0 <= at < 11172:
        raise ValueError(f"한글 음절이 아닌 글자: {syllable!r}")
    return at // 588, _VOWELS[at % 588 // 28], _CODAS[at % 28]


def join(initial: int, vowel: str, coda: str = "-") -> str:
    """The inverse of split."""
    return chr(0xAC00 + initial * 588 + _VOWELS.index(vowel) * 28 + _CODAS.index(coda))


_WHOLE = {
    "드": "먹어",
    "주무": "자",
    "계": "있어",
    "마": "마",
    "말": "마",
    "아": "알아",
    "우": "울어",
    "노": "놀아",
    "만드": "만들어",
    "여": "열어",
    "푸": "풀어",
    "사": "살아",
    "머무": "머물러",
    "이르": "일러",
    "따르": "따라",
    "들르": "들러",
    "치르": "치러",
    "푸르": "푸르러",
    "떠드": "떠들어",
    "놀": "놀아",
    "아니": "아니야",
    "내미": "내밀어",
    "떠나보내": "떠나보내",
    "잡수": "먹어",
    "조르": "졸라",
    "어떠": "어때",
    "그러": "그래",
    "이러": "이래",
    "저러": "저래",
    "들": "들어",
    "가다듬": "가다듬어",
    "건드리": "건드려",
    "뵙": "봬",
    "뵈": "봬",
    "하얗": "하얘",
    "어떻": "어때",
    "그렇": "그래",
    "이렇": "이래",
    "저렇": "저래",
    "벌": "벌어",
    "버": "벌어",
    "거": "걸어",
    "푹 자": "푹 자",
    "돕": "도와",
    "도우": "도와",
    "곱": "고와",
    "고우": "고와",
}
"""Stems (as they stand before -세요, -십시오, -ㅂ니다) whose -아/어 form no rule gives."""

_CONTRACT = {"ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅣ": "ㅕ", "ㅚ": "ㅙ"}
_REGULAR_BIEUP = ("입", "잡", "뽑", "좁", "씹", "업", "집", "접", "꼽", "붙잡", "사로잡", "넓")


def haeche(stem: str) -> str:
    """A verb stem in its -아/어 form: 기다리 -> 기다려, 모르 -> 몰라, 어렵 -> 어려워, 먹 -> 먹어. ValueError for no Hangul."""
    for length in range(len(stem), 0, -1):
        tail = stem[-length:]
        if tail in _WHOLE and (length == len(stem) or length > 1):
            return stem[:-length] + _WHOLE[tail]
    head, last = stem[:-1], stem[-1:]
    if not last:
        raise ValueError("빈 어간")
    initial, vowel, coda = split(last)
    if coda != "-":
        return _closed(head, last, initial, vowel, coda)
    if vowel == "ㅏ" and initial == _RIEUL_HA:
        return head + "해"
    if vowel == "ㅡ":
        return _eu(head, initial)
    if vowel in _CONTRACT:
        return head + join(initial, _CONTRACT[vowel])
    return stem if vowel in "ㅏㅓㅐㅔㅕ" else stem + "어"


def _closed(head: str, last: str, initial: int, vowel: str, coda: str) -> str:
    """Stems that end in a consonant: ㅂ irregular where it is one, else harmony."""
    if coda == "ㅂ" and not (head + last).endswith(_REGULAR_BIEUP):
        return head + join(initial, vowel) + "워"
    return head + last + ("아" if vowel in "ㅏㅗㅑ" else "어")


def _eu(head: str, initial: int) -> str:
    """Stems in ㅡ: 르 doubles its ㄹ (고르 -> 골라), others drop the vowel (바쁘 -> 바빠, 쓰 -> 써)."""
    before = split(head[-1]) if head else (0, "ㅓ", "-")
    sound = "ㅏ" if before[1] in "ㅏㅗ" else "ㅓ"
    if initial == _RIEUL and head and before[2] == "-":
        return head[:-1] + join(before[0], before[1], "ㄹ") + join(_RIEUL, sound)
    return head + join(initial, sound)


_EU = {
    "들으": "들어",
    "걸으": "걸어",
    "물으": "물어",
    "나으": "나아",
    "지으": "지어",
    "이으": "이어",
    "부으": "부어",
    "누우": "누워",
}
