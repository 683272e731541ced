"""Korean verbs by their letters: the stem behind a noun form, the forms of a stem, the noun form of a verb. Pure."""

from __future__ import annotations

import re


def parts(char: str) -> tuple[int, int, int]:
    code = ord(char) - 0xAC00
    return code // 588, code % 588 // 28, code % 28


def _syllable(lead: int, vowel: int, final: int) -> str:
    return chr(0xAC00 + lead * 588 + vowel * 28 + final)


def hangul(char: str) -> bool:
    return "가" <= char <= "힣"


N, D, L, LM, M, B, SS = 4, 7, 8, 10, 16, 17, 20
"""Final consonants ㄴ ㄷ ㄹ ㄻ ㅁ ㅂ ㅆ."""
_INF = {0: (0,), 1: (1,), 4: (4,), 5: (5,), 6: (6,), 8: (9,), 13: (14,), 20: (6,), 18: (0, 4), 11: (10,), 16: (16,)}
"""Vowel of an open stem -> its vowel before 아/어: ㅗ -> ㅘ, ㅜ -> ㅝ, ㅣ -> ㅕ, ㅡ -> ㅏ or ㅓ, ㅚ -> ㅙ."""


def _with(stem: str, final: int) -> str:
    lead, vowel, _ = parts(stem[-1])
    return stem[:-1] + _syllable(lead, vowel, final)


def stems(word: str) -> set[str]:
    """Verb stems a noun form may stand for: 떨어짐 -> 떨어지, 힘듦 -> 힘들, 좋음 -> 좋, 가기 -> 가, 가는 -> 가, 퇴원하심 -> 퇴원하(시)."""
    found: set[str] = set()
    if not word or not hangul(word[-1]):
        return found
    final = parts(word[-1])[2]
    if final in (N, L, M):
        found.add(_with(word, 0))
    if final == LM:
        found.add(_with(word, L))
    if len(word) > 1 and word[-1] in "음기는은던을다고":
        found.add(word[:-1])
    found |= {s[:-1] for s in found if s.endswith("시") and len(s) > 1}
    found |= {_with(s[:-1], B) for s in found if len(s) > 1 and s[-1] == "우" and parts(s[-2])[2] == 0}
    found |= {_with(s, 0) for s in found if parts(s[-1])[2] == SS}
    found |= {s[:-1] for s in found if re.search(r"[아어워와]하$", s)}
    return {s for s in found if s}


def forms(stem: str) -> list[tuple[str, str]]:
    """(surface, tail kind) a verb of this stem may take: 가 -> 가, 갔, 간, 갈, 감 …"""
    lead, vowel, final = parts(stem[-1])
    head = stem[:-1]
    found = [(stem, "base"), (stem + "음", "m"), (stem + "기", "m")]
    if final == 0:
        infs = [head + _syllable(lead, v, 0) for v in _INF.get(vowel, (vowel,))]
        if stem[-1] == "하":
            infs = [head + "해"]
        if stem[-1] == "르" and head and hangul(head[-1]):
            infs = [_with(head, L) + c for c in "라러"]
        if stem[-1] == "시":
            infs.append(head + "셔")
        found += [(i, "inf") for i in infs] + [(_with(i, SS), "past") for i in infs]
        found += [
            (_with(stem, N), "n"),
            (_with(stem, L), "l"),
            (_with(stem, M), "m"),
            (_with(stem, B), "base"),
            (stem + "셨", "past"),
        ]
        if stem != "하":  # ㅅ irregular (나음 is 나았) and what is not drawn together (삐었, 되었)
            found += [(stem + c, k) for c, k in (("아", "inf"), ("어", "inf"), ("았", "past"), ("었", "past"))]
        return found
    found += [
        (stem + c, k)
        for c, k in (("아", "inf"), ("어", "inf"), ("았", "past"), ("었", "past"), ("은", "n"), ("을", "l"), ("습", "base"))
    ]
    if final == D:
        found += [(_with(stem, L) + c, k) for c, k in (("어", "inf"), ("었", "past"), ("은", "n"), ("으", "base"))]
    if final == L:
        bare = _with(stem, 0)
        found += [
            (bare + "는", "n"),
            (_with(bare, N), "n"),
            (_with(bare, LM), "m"),
            (_with(bare, B), "base"),
            (bare + "세", "base"),
            (bare + "네", "base"),
        ]
    if final == B:
        bare = _with(stem, 0)
        found += [
            (bare + c, k) for c, k in (("워", "inf"), ("와", "inf"), ("웠", "past"), ("운", "n"), ("울", "l"), ("우", "base"))
        ]
    return found


def nominal(word: str) -> str:
    """A closing verb as a noun: 떨어졌어 -> 떨어짐, 했어 -> 함, 우울해 -> 우울함, 없어 -> 없음; what is none stays."""
    word = re.sub(r"(요|ㅋ+|ㅠ+|ㅎ+)$", "", word)
    if fixed := _FIXED.get(word):
        return fixed
    for ending, noun in _ENDS:
        if word.endswith(ending):
            return word[: -len(ending)] + noun
    found = re.fullmatch(r"([가-힣]*[가-힣])(어|다|네|지|대|는데|거든|습니다)", word)
    if found and parts(found[1][-1])[2] == SS and found[1][-1] not in "있겠":
        return _past_noun(found[1])
    if len(word) > 1 and hangul(word[-1]) and parts(word[-1])[1:] == (6, 0) and word[-1] not in "여겨펴며혀녀":  # 떨려, 쑤셔
        return word[:-1] + _syllable(parts(word[-1])[0], 20, M)
    return word


_BACK = {9: 8, 14: 13, 6: 20, 10: 11}
_FIXED = {"나았어": "나음", "나았다": "나음", "아파": "아픔", "아프다": "아픔", "와": "옴", "가": "감", "갔어": "감", "썼어": "씀", "바빠": "바쁨",
          "섰어": "섬", "컸어": "큼", "켰어": "켬", "폈어": "핌", "커": "큼", "슬퍼": "슬픔", "기뻐": "기쁨", "나빠": "나쁨", "만나": "만남"}  # fmt: skip
_ENDS = (
    ("했어", "함"), ("했다", "함"), ("했음", "함"), ("했는데", "함"), ("해야 돼", "해야 함"), ("야 해", "야 함"), ("야 돼", "야 함"), ("해", "함"),
    ("한다", "함"), ("하다", "함"), ("돼", "됨"), ("됐어", "됨"), ("됐다", "됨"), ("있어", "있음"), ("있다", "있음"), ("없어", "없음"), ("없다", "없음"),
    ("싫어", "싫음"), ("싫다", "싫음"), ("좋아", "좋음"), ("좋다", "좋음"), ("싶었어", "싶었음"), ("싶어", "싶음"), ("싶다", "싶음"), ("많아", "많음"), ("많다", "많음"),
    ("적어", "적음"), ("같아", "같음"), ("무서워", "무서움"), ("어려워", "어려움"), ("외로워", "외로움"), ("추워", "추움"), ("더워", "더움"),
    ("춥다", "추움"), ("덥다", "더움"), ("힘들어", "힘듦"), ("힘들다", "힘듦"), ("흐려", "흐림"), ("심해", "심함"), ("샀어", "삼"),
)  # fmt: skip


def _past_noun(past: str) -> str:
    """졌 -> 짐, 왔 -> 옴, 됐 -> 됨, 먹었 -> 먹음, 웠 -> 움."""
    lead, vowel, _ = parts(past[-1])
    if past[-1] in "랐렀" and len(past) > 1 and parts(past[-2])[2] == L:  # 올랐 is 오르
        return _with(past[:-1], 0) + "름"
    if lead == 11 and vowel in (0, 4) and len(past) > 1:  # 았/었 behind a closed stem
        final = parts(past[-2])[2]
        return _with(past[:-1], LM) if final == L else past[:-1] + "음"
    return past[:-1] + _syllable(lead, _BACK.get(vowel, vowel), M)
