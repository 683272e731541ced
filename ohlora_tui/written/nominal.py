"""What a memory's value says where it ends in a verb made a noun: 잠이 안 옴 -> 잠이 안 온다; no particle follows it as it stands. Pure text."""

from __future__ import annotations

import re

from ohlora_tui.written.inflect import NAMED, forms

_ADJECTIVES = tuple("없다 있다 많다 적다 좋다 싫다 아프다 나쁘다 바쁘다 무섭다 외롭다 힘들다 심하다 높다 낮다 크다 작다 무겁다 어렵다 비싸다 시끄럽다 답답하다 불안하다 우울하다 피곤하다 부족하다 약하다 예민하다 막막하다 귀찮다 심심하다 허전하다 서운하다 뻐근하다 늦다 느리다 싶다 같다".split())
_VERBS = tuple("오다 나오다 들다 생기다 잘리다 혼나다 다투다 되다 빠지다 자다 먹다 하다 가다 싸우다 늘다 늘어나다 줄다 줄어들다 오르다 내리다 떨어지다 헤어지다 심해지다 나빠지다 다치다 지치다 붙다 받다 잃다 걸리다 끊다 쉬다 다니다 배우다 살다 사귀다 만나다 나다 끝나다 시작하다 준비하다 이사하다 취직하다 퇴사하다 이직하다 승진하다 그만두다 미루다 밀리다 떨다 키우다 기다리다 쓰다 잊다 놓치다 울다 아물다 낫다 붓다 저리다".split())
_NOMINAL = {form: (verb, adjective) for adjective, verbs in ((False, _VERBS), (True, _ADJECTIVES)) for verb in verbs for form, shapes in forms(verb).items() if NAMED in shapes}
_HONOURED = re.compile(r"^(.*[가-힣])(?<![관욕점중양결조안진열])심$")
_ONE_LETTER = frozenset("감 잠 봄 삶 남".split())
_INSIDE = frozenset("함 됨 짐".split())
_OFTEN = re.compile(r"(?:안|못|잘|자주|자꾸|계속|늘|매일) ?$")
"""Nouns that are verbs behind 안 or 자주 only, verbs that end a longer word (공부함; 마감 is none), and what tells that a state lasts."""
_NOUNS = re.compile(r"(?:게임|마음|모임|소음|그림|사람|시험|보험|비염|위염|장염|염|처음|얼음|웹툰|꿈|힘|땀|몸|팀|짐|잠|김|감|점|밤|봄|춤|책임|부담|면담|상담|기침|두드러기|불면|여름|이름|구름|믿음|웃음|울음|걸음|졸음|다음|녹음|모음)$")


def verbal(value: str) -> bool:
    """Whether a value ends in a verb made a noun (떨어짐), which no particle follows."""
    return bool(_nominal(value) or _HONOURED.search(value)) or (bool(re.search(r"[함됨임옴짐움춤봄옮김음냄남픔]$", value)) and not _NOUNS.search(value))


def _nominal(value: str) -> tuple[str, str, bool] | None:
    """(what stands before, the verb, whether it is an adjective) of a value that ends in a verb made a noun; 공부함 is 하다."""
    word = value.split()[-1] if value.split() else ""
    before = value[: len(value) - len(word)]
    for cut in range(len(word)):
        form = word[cut:]
        alone = len(form) == 1 and (form not in _INSIDE if cut else form in _ONE_LETTER and not _OFTEN.search(before))
        if form in _NOMINAL and not alone:
            verb, adjective = _NOMINAL[form]
            return before + word[:cut], verb, adjective
    return None


def claimed(value: str, now: bool) -> str:
    """A value as what was said: 잠이 안 옴 -> 잠이 안 온다, 면접 떨어짐 -> 면접 떨어졌다; "" for a noun. `now`: it lasts."""
    if was := re.search(r"^(.*[았었했갔왔됐났렸졌쳤꼈켰겼])음$", value):
        return f"{was[1]}다"
    if honoured := _HONOURED.search(value):
        return f"{honoured[1]}셨다"
    found = _nominal(value)
    if not found:
        return ""
    before, verb, adjective = found
    lasting = now or bool(_OFTEN.search(before))
    by_shape = {shape: form for form, shapes in forms(verb).items() for shape in shapes}
    if adjective:
        return before + verb
    if not lasting:
        return f"{before}{by_shape['past']}다"
    stem = verb[:-1]
    closed = (ord(stem[-1]) - 0xAC00) % 28
    return before + (f"{by_shape['before']}다" if closed in (0, 8) else f"{stem}는다")
