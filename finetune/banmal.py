"""Polite Korean sentences turned into 반말, or refused: the question-answer corpus is polite, 오로라 is not.

    banmal("푹 쉬세요.") -> "푹 쉬어."      banmal("저는 괜찮습니다.") -> "나는 괜찮아."      banmal("말씀해 주십시오.") -> None

Rules work on jamo, so that stems stay right: 키우 -> 키워, 모르 -> 몰라, 만드 -> 만들어. What no rule covers is dropped (None):
a wrong ending teaches more harm than a lost row.
"""

from __future__ import annotations

import re

from finetune.haeche import _EU, haeche, join, split


def _imperative(stem: str) -> str:
    """The stem before -세요 (으 still on): 먹으 -> 먹어, 보 -> 봐, 있으 -> 있어."""
    for tail, plain in _EU.items():
        if stem.endswith(tail):
            return stem[: -len(tail)] + plain
    if stem.endswith("으") and len(stem) > 1 and split(stem[-2])[2] != "-":
        return haeche(stem[:-1])
    return haeche(stem)


def _formal(stem: str) -> str:
    """The stem before -ㅂ니다, its ㅂ still on: 합 -> 해, 봅 -> 봐, 아닙 -> 아니야."""
    initial, vowel, _ = split(stem[-1])
    opened = stem[:-1] + join(initial, vowel)
    if opened.endswith(("드리", "디리")):
        return opened[:-2] + "줄게"
    return haeche(opened)


def _ends_in_coda(word: str) -> bool:
    return bool(word) and "가" <= word[-1] <= "힣" and split(word[-1])[2] != "-"


def _copula(noun: str) -> str:
    return noun + ("이야" if _ends_in_coda(noun) else "야")


_ENDINGS: tuple[tuple[str, object], ...] = (
    (r"(.+)[이]?(?:에요|예요|예여|이예요)$", lambda m: _copula_of(m[1])),
    (r"(.*[가-힣])(?:으)?셨(어요|네요|군요|나요|죠|지요|겠어요|겠네요)$", lambda m: _past(m[1]) + _plain_tail(m[2])),
    (
        r"(.+)(?:으)?시(네요|군요|죠|지요|나요|겠어요|겠네요|겠죠|겠군요|는군요|잖아요)$",
        lambda m: _bare(m[1], m[2]) + _plain_tail(m[2]),
    ),
    (r"(.*[가-힣])(?:세요|셔요|십시오|세여)$", lambda m: _imperative(m[1])),
    (r"(.*[가-힣])[답랍]니다$", lambda m: None),  # -ㄴ답니다 has no 반말 that says the same
    (r"(.*)길 ?바랍니다$", r"\1길 바라"),
    (r"바랍니다$", lambda m: "바라"),
    (r"(.*)(?:마요|말아요)$", r"\1마"),
    (r"(.*[았었겠였했됐봤왔갔났])습니다$", lambda m: m[1] + "어"),
    (r"(.*[가-힣])습니다$", lambda m: haeche(re.sub("듣$", "들", m[1]))),
    (r"(.*)입니다$", lambda m: _copula(m[1]) if m[1] else None),
    (r"(.*[가-힣])니다$", lambda m: _formal(m[1]) if split(m[1][-1])[2] == "ㅂ" else None),
    (r"(.*[가-힣])(?:시|읍시|ㅂ시)다$", lambda m: _lets(m[1])),
    (r"(.*)(?:드릴게요|드릴께요)$", r"\1줄게"),
    (r"(.*)드려요$", r"\1줄게"),
    (r"(.*)바라요$", r"\1바라"),
    (r"(.*)바래요$", r"\1바라"),
    (r"(.*)[은는]군요$", lambda m: m[0][:-2] + "구나"),
    (r"(.*[가-힣])군요$", r"\1구나"),
    (r"(.*)이(?:죠|지요)$", r"\1이지"),
    (r"(.*[가-힣])(?:죠|지요)$", r"\1지"),
    (r"(.*)(?:이|)니까요$", lambda m: m[0][:-1]),
    (
        r"(.*)(네|까|나|게|래|대|데|자|어|아|해|워|와|돼|봐|줘|써|려|여|져|겨|쳐|켜|펴|려|러|라|가|서|내|돼|빠|파|뻐|꺼|춰|둬|뭐|때|래|고|걸|면|구|니|건|치|도|럼|쎄)(?:요|여)$",
        r"\1\2",
    ),
    (r"(.*[가-힣])이요$", r"\1"),
)
"""(pattern of a sentence's last word, how it reads in 반말); the first that matches decides."""


def _copula_of(noun: str) -> str | None:
    if noun.endswith(("거", "꺼")):
        return noun[:-1] + "거야"
    if noun.endswith("아니"):
        return noun + "야"
    noun = noun[:-1] if noun.endswith("이") and len(noun) > 1 and _ends_in_coda(noun[:-1]) else noun
    return _copula(noun)


def _past(stem: str) -> str:
    """A stem before -셨-, as its past: 하 -> 했, 보 -> 봤, 먹 -> 먹었."""
    form = _imperative(stem)
    initial, vowel, coda = split(form[-1])
    return form[:-1] + join(initial, vowel, "ㅆ") if coda == "-" else form + "었"


_LOST_RIEUL = {"힘드": "힘들", "아": "알", "만드": "만들", "사": "살", "노": "놀", "우": "울", "머": "멀", "기": "길"}
"""Stems that lose their ㄹ before -시- and get it back before 지, 겠, 구나, 잖아."""


def _bare(stem: str, tail: str) -> str:
    """A stem before -시-, without its 으 and with the ㄹ it lost: 힘드(시겠어요) -> 힘들."""
    if stem.endswith("으") and len(stem) > 1:
        return stem[:-1]
    return _LOST_RIEUL.get(stem, stem) if tail[0] not in "네나는" else stem


def _plain_tail(tail: str) -> str:
    return {
        "어요": "어",
        "네요": "네",
        "군요": "구나",
        "나요": "나",
        "죠": "지",
        "지요": "지",
        "겠어요": "겠어",
        "겠네요": "겠네",
        "겠죠": "겠지",
        "겠군요": "겠구나",
        "는군요": "는구나",
        "잖아요": "잖아",
    }[tail]


def _lets(stem: str) -> str | None:
    """The stem before -시다 of a proposal: 갑 -> 가자, 봅 -> 보자."""
    initial, vowel, coda = split(stem[-1])
    return stem[:-1] + join(initial, vowel) + "자" if coda == "ㅂ" else None


_PERSONS = (
    (r"(?<![가-힣])저(는|도|를|한테|랑|의|만|보다|처럼|에게)(?![가-힣])", r"나\1"),
    (r"(?<![가-힣])저와(?![가-힣])", "나와"),
    (r"(?<![가-힣])전(?= )", "난"),
    (r"(?<![가-힣])제가(?![가-힣])", "내가"),
    (r"(?<![가-힣])절(?= )", "날"),
    (r"(?<![가-힣])저요", "나"),
    (r"(?<![가-힣])제(?= (?:마음|생각|이름|꿈|말|친구|곁|옆|얘기|이야기))", "내"),
    (r"당신(은|이|을|과)(?![가-힣])", lambda m: "너" + {"은": "는", "이": "가", "을": "를", "과": "와"}[m[1]]),
    (r"너가(?![가-힣])", "네가"),
    (r"당신의(?![가-힣])", "네"),
    (r"당신", "너"),
    (r"여러분", "너"),
    (r"(?<![가-힣])저를", "나를"),
    (r"고객님", "너"),
)
_ANYWHERE = (
    (r"시길 (바라|바랄|빌|기원)", r"길 \1"),
    (r"([가-힣])실 거", lambda m: _rieul(m[1]) + " 거"),
    (r"([가-힣])실 수", lambda m: _rieul(m[1]) + " 수"),
    (r"([가-힣])신 것", lambda m: _nieun(m[1]) + " 것"),
    (r"([가-힣])신 거", lambda m: _nieun(m[1]) + " 거"),
    (r"하시([는고면기길던])", r"하\1"),
    (r"보시([는고면기길던])", r"보\1"),
    (r"가시([는고면기길던])", r"가\1"),
    (r"계시([는고면기길])", lambda m: "있" + m[1]),
    (r"편히 쉬시", "편히 쉬"),
    (r"([가-힣])신가", lambda m: _nieun(m[1]) + "가"),
    (r"([가-힣])시나", lambda m: m[1] + "나"),
    (r"셔도", "도"),
    (r"께서", "가"),
    (r"드시([는고면기길])", lambda m: "먹" + m[1] if m[1] in "는고기" else "먹으면"),
)


def _rieul(syllable: str) -> str:
    initial, vowel, coda = split(syllable)
    return join(initial, vowel, "ㄹ") if coda == "-" else syllable + "을"


def _nieun(syllable: str) -> str:
    initial, vowel, coda = split(syllable)
    return join(initial, vowel, "ㄴ") if coda == "-" else syllable + "은"


_POLITE = re.compile(
    r"(요|죠|니다|[습입]니까|세여|시오|셨|시겠|으시|하시|께서|드리|드려|저희|십니|시는|하신|시면|시길|여쭤|말씀|님)(?=$|[\s.,!?~])|저희|말씀|계신|하셔|시길"
)
_SENTENCE = re.compile(r"(.+?)([.?!~…]*)(?=\s|$)")


def banmal(text: str) -> str | None:
    """A polite answer of one or more sentences in 반말, or None where no rule is sure."""
    for pattern, put in (*_PERSONS, *_ANYWHERE):
        text = re.sub(pattern, put, text)  # type: ignore[arg-type]
    sentences = re.split(r"(?<=[.?!~])\s+", text.strip())
    turned = [_sentence(s) for s in sentences]
    if any(t is None for t in turned):
        return None
    whole = " ".join(t for t in turned if t)
    return None if _POLITE.search(whole) else whole


def _sentence(sentence: str) -> str | None:
    body = sentence.rstrip(".?!~… ")
    tail = sentence[len(body) :]
    words = body.split()
    if not words:
        return None
    last = words[-1]
    for pattern, put in _ENDINGS:
        found = re.match(pattern, last)
        if found:
            try:
                new = found.expand(put) if isinstance(put, str) else put(found)  # type: ignore[operator]
            except (ValueError, IndexError):
                return None
            if not new:
                return None
            return _pretty(" ".join([*words[:-1], new]) + tail)
    return None if re.search(r"[요죠]$|니다$", last) else _pretty(body + tail)


def _pretty(text: str) -> str:
    text = re.sub(r"([가-힣]해) ?줄게", r"\1 줄게", text)
    text = re.sub(r"([가-힣])(가|나)봐(?=[.?!~]*$)", _guess, text)
    return text.replace("너이네", "너네")


def _guess(found: re.Match[str]) -> str:
    """-ㄴ가 봐 and -나 봐 with their space; 다가가봐 (go and see) stays."""
    if found[2] == "가" and split(found[1])[2] != "ㄴ":
        return found[0]
    return f"{found[1]}{found[2]} 봐"
