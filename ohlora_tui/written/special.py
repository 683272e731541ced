"""Rows that are more special than the message, or ask where it tells: checks of agree.py that need no vectors but one. Pure text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ohlora_tui.words import content
from ohlora_tui.written.events import BEING_PATTERNS, MOOD_PATTERNS, QUESTION, STATES, YOU

ASKED = {
    "when": r"(?<![가-힣])언제(?:[야쯤까]|부터|까지)?(?![가-힣])|며칠(?!째)",
    "where": r"(?<![가-힣])어디(?:서|에서|에|로|야|가|까지|쯤)?(?![가-힣])",
    "who": r"(?<![가-힣])(?:누구|누가|누굴)",
    "many": r"(?<![가-힣])(?:몇(?! ?[가-힣]+째)|얼마(?!나|[ ]?전|[ ]?안|[ ]?남))",
    "what": r"(?<![가-힣])(?:뭐(?!라도|든|라고|래|만)|뭘(?!로)|무슨 일|뭔(?!가|데))",
    "which": r"(?<![가-힣])(?:무슨(?! 일)|어떤|어느)",
    "why": r"(?<![가-힣])왜(?![가-힣])",
}
_ASKED = {name: re.compile(pattern) for name, pattern in ASKED.items()}
_OPEN_END = re.compile(r"어때|어땠|어떻|어떡|어디|할래|다면$")
_COMPLAINT = re.compile(STATES.pattern + r"|없|못|안|이렇게|이래|이러|이럴|그래|추[운워]|춥|덥|많|싫")
_SOFT = frozenset({"why"})
"""왜 complains as often as it asks: 왜 이렇게 힘들지."""
LETTERS = re.compile(r"(?:[한두세네]|다섯|여섯|일곱|\d+|몇) ?(?:글자|음절|자(?=[로짜]))")
"""Her answer counts the letters of the row's own message."""
SUFFERED = re.compile(r"([가-힣]{2}(?=\s?당[했하해함한할])|(?:고백|연락|전화|선물|초대|사과|부탁|칭찬)(?=\s?받))")
AT_SOMEONE = re.compile(r"고마[워웠운]|고맙|미안|사랑해|보고 ?싶|서운|미[워웠]|밉|짜증|그리[워웠]|그립")
AT_HER = re.compile(r"짜증|싫|미[워웠]|밉|좋|화나|답답|나[빠쁘]|못[생됐]|재수|바보|멍청|별로|최악|최고|웃[겨기]|이상")
_SOMEONE = re.compile("|".join(f"(?:{p.pattern})" for group in BEING_PATTERNS for p in group))
_ACTS = re.compile(f"(?:{_SOMEONE.pattern})(?:이가|[이가은는])?\\s")
_WITH = re.compile(r"때문|[와과랑] |하고 ")
GUTTED = re.compile(r"떨[려리]|긴장|무서|무섭|불안|걱정|심호흡|속상|토닥|괜찮|억울|후회|겁|망[했하한]|아깝|힘내|위로")
"""Words of an answer that takes up a feeling or a failure."""
_PREFIX = re.compile(r"[개존핵왕꿀노나들다]|완전|진짜|너무|오늘|지금|어제")
WISHED = re.compile(
    r"(?:소개팅|데이트|군대|입대|면접|시험|발표|수술|여행|결혼식?|소풍|회식|모임|이사|졸업식?|개학|개강|출장|미팅|캠핑|축제|콘서트)"
)
_AHEAD = re.compile(r"(?:이야|야|이다|있어|있다|인데|[나간]다|한다|(?<![다돌])(?:나가|가)|예정|기로 ?했어|앞두고|날|본다|봐|해)$")
_DOUBT = re.compile(r"[가-힣]까(?=\s)|해도 돼$|나아 .+나아$|더하기|빼기|곱하기|나누기")
_SPELLING = re.compile(r"맞아|맞춤법|띄어쓰기|맞나|맞는")
_CLAUSE = re.compile(r"(?:[는은인한]데|지만|다가)(?=\s)")
_EXTRA = tuple(
    re.compile(p)
    for p in (r"(?<!는) 중(?=$|[이인.!?~ㅎㅋㅠ\s])", r"싫[어다네음은]|귀찮|미[워웠]|극혐|별로|안 ?좋|최악|나[빠쁘]", r"끝")
)
"""Being at it, dislike and an end: a row of these is no answer to a message without."""
_ADVERB = re.compile(r"[가-힣]+[히게자]$|([가-힣]+)\1|추천.*|고민|사실|혹시|하루 ?종일|종일|갑자기|중|듯")
_SETTLED = re.compile(r"기로 ?했|게 ?됐")
_OVER = re.compile(r"끝|[가-힣]*[았었했갔왔났됐켰졌쳤렸셨꿨봤줬샀섰겼녔웠였랐]|[졌했갔봤]?음$|[짐함옴감]$|다녀|받|중")


def asked(text: str) -> frozenset[str]:
    """What `text` asks for: when, where, who, how many, what, why."""
    return frozenset(name for name, pattern in _ASKED.items() if pattern.search(text))


def asks(text: str) -> bool:
    """A question, a request for advice or a doubt."""
    return bool(
        QUESTION.search(text) or _DOUBT.search(text) or MOOD_PATTERNS["ask"].search(text) or MOOD_PATTERNS["should"].search(text)
    )


def other_question(said: str, written: str) -> bool:
    """One asks what the other tells (퇴근 언제 하지, 퇴근!), or each asks another thing (꿈은 왜 꿔, 꿈 꿔?)."""
    mine, theirs = asked(said), asked(written)
    if mine and theirs:
        return not (mine & theirs or "which" in mine | theirs)
    wh, plain = (mine, written) if mine else (theirs, said)
    if not wh:
        return False
    if wh <= _SOFT:
        return plain.endswith("?") or not _COMPLAINT.search(said if mine else written)
    return not (MOOD_PATTERNS["ask"].search(plain) or MOOD_PATTERNS["should"].search(plain) or _OPEN_END.search(plain))


def quotes(answer: str) -> bool:
    """Her answer speaks of how the message was written; it is right for those very words only."""
    return bool(LETTERS.search(answer))


def suffered(said: str, written: str) -> bool:
    """One is done what the other does: 거절당했어 and 거절했어."""
    for one, other in ((said, written), (written, said)):
        if any(word in other and word not in SUFFERED.findall(other) for word in SUFFERED.findall(one)):
            return True
    return False


def elsewhere(said: str, written: str) -> bool:
    """A feeling for someone else, or one against her, and a row that says neither: 친구한테 고마워, 너 짜증나; 엄마가 아파 and 아파. Or another place."""
    if _other_place(said, written):
        return True
    if _SOMEONE.search(said) and not _SOMEONE.search(written) and not _WITH.search(said):
        acts = _ACTS.search(said + " ") and len(content(written)) <= 1
        if AT_SOMEONE.search(written) or acts:
            return True
    return bool(
        YOU.search(said) and not YOU.search(written) and AT_HER.search(said) and AT_HER.search(written) and not asks(said)
    )


def special(said: str, written: str, answer: str) -> bool:
    """The row tells a feeling on top of the message and her answer takes it up, or a compound of it: 실수했어 and 말실수했어."""
    if STATES.search(written) and not STATES.search(said) and GUTTED.search(answer) and len(content(written)) > 1:
        return True
    if any(p.search(written) and not p.search(said.replace("는 중", " 중")) for p in _EXTRA):
        return True
    if (_SPELLING.search(written) and not _SPELLING.search(said)) or (_CLAUSE.search(written) and not _CLAUSE.search(said)):
        return True
    mine = content(said)
    for word in content(written):
        for short in mine:
            if len(short) > 1 and word != short and word.endswith(short) and word not in said.replace(" ", ""):
                return not _PREFIX.fullmatch(word.removesuffix(short))
    return False


def narrower(said: str, lost: Sequence[str]) -> bool:
    """A bare word (재밌었어) and a row about a thing (영화 재밌었어): `lost` are the row's nouns that are not said."""
    return len(content(said)) <= 1 and not asks(said) and any(len(w) > 1 and not _ADVERB.fullmatch(w) for w in lost)


def not_yet(said: str, written: str) -> bool:
    """Of one event one tells that it was, the other that it comes: 소개팅 했어 and 소개팅 나가."""
    mine, theirs = set(WISHED.findall(said)), set(WISHED.findall(written))
    if not mine & theirs or asks(said) or asks(written):
        return False
    over = bool(_OVER.search(_SETTLED.sub("", said))), bool(_OVER.search(_SETTLED.sub("", written)))
    return over[0] != over[1] and bool(_AHEAD.search((written if over[0] else said).rstrip(" .!~ㅎㅋㅠㅜ")))


_NAME = re.compile(r"(?:이름은?|이름이|별명은?|난|나는|나|저는|날|나를|그냥) ([가-힣]{2,4}?)(?:이라고|라고|이야|야|이에요|예요|입니다|이고|인데|임)(?=$|[\s,.!?~])|([가-힣]{2,4}?)(?:이라고|라고) ?(?:불러|해)")
"""A name that a message gives: 내 이름은 민지야, 민지라고 불러."""


_BY_NAME = re.compile(r"이름 (?:까지 )?불러 ?(?:줘서|주니|주는)|이름(?:까지|을) (?:붙|불러)")


def uncalled_for(message: str, answer: str) -> bool:
    """Her answer thanks for being called by name, and the message as typed does not call her: "우울해" got the row of "우울해 로라야"."""
    return bool(_BY_NAME.search(answer)) and "로라" not in message


def misnamed(said: str, written: str, answer: str) -> bool:
    """Her answer calls the user by the row's own name, which the message does not say."""
    names = [one or other for one, other in _NAME.findall(written)]
    return any(name in answer and name not in said for name in names)


_PLACES = re.compile(
    r"(?<![가-힣])(?:제주|부산|경주|강릉|속초|여수|전주|대구|대전|광주|인천|서울|수원|울산|춘천|포항|통영|거제|남해|목포|안동|양양|가평|"
    r"일본|도쿄|오사카|후쿠오카|교토|삿포로|중국|상하이|베이징|홍콩|대만|타이베이|베트남|다낭|하노이|나트랑|태국|방콕|치앙마이|필리핀|세부|보라카이|싱가포르|발리|괌|사이판|하와이|"
    r"미국|뉴욕|캐나다|호주|시드니|유럽|영국|런던|프랑스|파리(?=에|로|여|가|$| )|독일|스위스|이탈리아|로마|스페인|바르셀로나|몽골|튀르키예|터키|이집트|두바이)"
)


def _other_place(said: str, written: str) -> bool:
    """Each names a place, and no place both: 일본 가 and 제주도 가."""
    mine, theirs = set(_PLACES.findall(said)), set(_PLACES.findall(written))
    return bool(mine and theirs and not mine & theirs)
