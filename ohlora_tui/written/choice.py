"""A choice she is asked to make: "초코랑 딸기 중에" -> 딸기, "기차 타고 갈까 버스 타고 갈까" -> 버스 타고 가는 쪽; "먼저 전화해볼까?" -> yes.

message -> options -> one of them, always the same for the same message. Pure text; her words around it are written (asks.tsv).
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from ohlora_tui.words import quiet
from ohlora_tui.written.echo import CLOSED
from ohlora_tui.written.gravity import grave

_NAME = r"[가-힣A-Za-z0-9]{1,16}(?: [가-힣A-Za-z0-9]{1,16})?"
_OF_TWO = re.compile(rf"(?P<one>(?:목걸이|귀걸이|고양이|떡볶이|오이|종이|호랑이|원숭이|거북이|책꽂이|옷걸이|나들이|물놀이)(?=랑)|[가-힣A-Za-z0-9]{{1,16}}?)(?:(?:이랑|랑|하고|와|과|이나|나)\s+| vs ?| 아니면 )(?P<other>{_NAME}?) ?(?:중에|중$|중 (?!이|인)|둘 중)")
_IN_HAND = re.compile(rf"(?P<one>[가-힣A-Za-z0-9]{{1,16}}?)(?:이랑|랑|하고|와|과) (?P<other>{_NAME}?) ?(?:있는데|있어)")
"""Two things she is told to choose from (골라줘): "친구랑 약속 있는데 뭐 입을까" chooses between none."""
_VERSUS = re.compile(rf"(?P<one>{_NAME}?) ?vs ?(?P<other>{_NAME}?)(?: (?:둘 ?중에?|중에|중|뭐가|뭐|어느)|$)")
_EITHER_IS = re.compile(r"(?P<one>[가-힣A-Za-z0-9]{1,16}?)(?:이)?야,? (?P<other>[가-힣A-Za-z0-9]{1,16}?)(?:이)?야(?:$| )")
_TWO = r"(?:^|\s)(?P<one>[가-힣]+)까(?:요)? (?:아니면 |아님 |그냥 |걍 )?(?P<other>(?!말까)[가-힣]+)까(?:요)?"
_TWO_DEEDS, _LAST_TWO = re.compile(rf"{_TWO}(?:$| )"), re.compile(rf"{_TWO}(?: 물어 ?본.*)?$")
_MUST_OR = re.compile(r"(?P<one>[가-힣]+야) ?(?:하나|되나|하냐|되냐) (?:아니면 |아님 |그냥 |걍 )(?P<other>(?:[가-힣A-Za-z0-9]+ ){0,3}[가-힣]+)까(?:요)?$")
_EITHER = re.compile(r"(?P<one>[가-힣A-Za-z0-9]{1,16}?)(?:이)?냐,? (?P<other>[가-힣A-Za-z0-9]{1,16}?)(?:이)?냐(?:$| )")
_BETTER = re.compile(r"(?P<one>[가-힣A-Za-z0-9]{1,16}?)(?:이|가|으로|로)? (?:나아|나을까|좋을까|좋아|할까|갈까|살까|먹을까) (?:아니면 )?(?P<other>[가-힣A-Za-z0-9]{1,16}?)(?:이|가|으로|로)? (?:나아|나을까|좋을까|좋아|할까|갈까|살까|먹을까)(?:요)?$")
_ONE_WAY = re.compile(r"(?P<one>(?:[가-힣]+ ){0,2}[가-힣]+는) ?(?:게|것이|편이) (?:나을까|나아|낫나|낫냐|낫겠나|좋을까|좋나)(?:요)? (?:아니면 |아님 )?(?P<other>(?:[가-힣]+ ){0,4}[가-힣]+는) ?(?:게|것이|편이) (?:나을까|나아|낫나|낫냐|낫겠나|좋을까|좋나)(?:요)?$")
_ONE_OR = re.compile(r"(?P<one>(?:[가-힣0-9]+ ){0,3}[가-힣]+는) ?(?:게|것이|편이) (?:낫|나아|나을|좋)[가-힣]* (?:아니면|아님) (?P<other>(?:[가-힣A-Za-z0-9]+ ){0,3}[가-힣]+)까(?:요)?$")
_DO_ONE = re.compile(r"(?P<one>(?:[가-힣A-Za-z0-9]+ ){0,3}[가-힣]+)(?:까|지)(?:요)? (?:아니면 |아님 |그냥 )?(?P<other>(?:[가-힣A-Za-z0-9]+ ){1,3}[가-힣]+)(?:까|지)(?:요)?(?: 고민.*)?$")
_SHALL = re.compile(
    r"(?:^|[가-힣] ?)(?:(?:해|말해|물어|전화해|연락해|찾아|가|와|봐|써|사|걸어|보내|끓여|꼬셔|만나|읽어|들어|배워|신청해|등록해|시작해|시켜|먹어|입어|바꿔|얘기해|부탁해|사과해|나가|앉아|붙여|꾸며|심어|만들어|올려|초대해) ?(?:볼|놓을|버릴)|사 ?갈|"
    r"(?:연락|전화|사과|고백|시작|등록|신청|주문|예약|공부|운동|산책|청소|말|얘기|부탁|도전|초대|보자고|하자고|달라고|먼저|더|한번|그냥) ?할|(?:쓰고|입고|신고|들고) ?갈|(?<![가-힣])(?:갈|살|시킬|먹을|입을|보낼|만들|쓸|배울|쉴|탈|나갈|옮길|바꿀|정할|고를|만날|심을|걸을|누울)|사 줄|해 줄)"
    r"까(?:요)?(?: (?:해|하는데|싶[가-힣]*|고민[가-힣]*|생각[가-힣]*))?$"
    r"|(?:말해|물어 ?봐|전화해|연락해|사과해|보내|나가|가|사다 ?줘|사|골라|해|걸어)야 ?(?:하나|되나|하냐|되냐|할까|될까)(?:요)?(?: 고민[가-힣 ]{0,8})?$"
    r"|(?:답장|연락|전화|사과|인사|말|말씀|얘기|부탁)(?:을|를)? ?(?:하|드리|해 ?보)는 ?(?:게|것이|편이) ?(?:맞을까|나을까|좋을까|맞겠지|낫겠지|맞나|낫나)(?:요)?$"
)
"""A harmless deed of the user's own to come (전화해볼까, 나가야 하나): a list, for no list holds all that must not be agreed to (뛰어내릴까)."""
_MUST = re.compile(r"(?:말해|말 ?걸어|물어 ?봐|전화해|연락해|사과해|보내|나가|사다 ?줘|골라)야 ?(?:돼|됨|되|해)(?:요)?$")
_OTHERS = re.compile(r"[가-힣A-Za-z]+(?<![내제나어다])(?:이|가|은|는)\s(?!게|것이|편이)|하면|없어지|걔|그 ?사람|사람들|(?:^|\s)로라|(?:할|될|볼) ?만|걸까")
"""Somebody else's deed, or what may be: nothing to agree to."""
_WEIGHS = re.compile(r"[가-힣]까(?:요)?(?:$| )|[가-힣]야 ?(?:하나|되나|되냐|할까|할지|될지)|말아야|지 말지|[할갈둘]지|낫겠나|고민")
WHICH = re.compile(r"뭐|뭘|무슨|어떤|어떻게|왜|언제|누구|어디|몇|얼마|(?<![가-힣])(?:너|네가|우리 같이)")
_ASKED = re.compile(rf"\?|둘 ?중|고민|골라|고르|추천|나을|나아|낫|어느|뭐가|뭘|[{CLOSED}]까|[갈할을]지|냐,? \S+냐")
"""Without one of these two things together are no choice (친구랑 여행 중에)."""
_BETWEEN = re.compile(r"(?<![가-힣])(?:아들|딸|엄마|아빠|부모님|남편|아내|와이프|남자친구|여자친구|시어머니|며느리)(?:이랑|랑|하고|이나|과|와) .*(?:중에|중 )")
"""People are not picked between."""
_CHOOSE = re.compile(r"골라|고를|둘 ?중")
_HEAVY = re.compile(r"회사|군대|간부|이직|퇴사|사표|그만(?!할)|직장|연봉|돈|대출|투자|주식|코인|(?<![가-힣])집 ?(?:을|값|계약|구하|살|팔|나)|이사|전세|결혼|헤어|이혼|수술|(?<![예계절])약|병원|대학|전공|휴학|자퇴|입대|유학|고백|취업|대학원|배달|가게|장사|사업|창업")
HARM = re.compile(r"죽(?!겠|는 ?줄|을 ?맛|(?<=아 죽)음|(?<=파 죽)음|(?<=어 죽)음)|자해|때리|때릴|복수|술|맥주|소주|막걸리|와인|한 ?잔|담배|몰래|지갑|거짓말|커닝|땡땡이|약 ?먹|굶|운전|수면제|손절|헤어|이혼|자퇴|퇴사|대출|코인|주식|투자|바람|훔|욕|대통령|선거|후보|정당|여당|야당|민주당|국민의 ?힘|국힘|진보|보수|좌파|우파|종교")
"""Harm, or a side she does not take."""
BODY = re.compile(r"응급실|119|병원|한의원|(?<![가-힣])약(?:을|은|이|도|국)? |해열제|진통제|항생제|수술|검사|백신|예방 ?접종|열[이은을] |혈압|혈당|체온|(?<!\d)(?:3[789]|4[012])(?:\.\d)?도|피가 |출혈|토하|토했|골절|부러[졌지져]|삐었|삐끗|알레르기|두드러기|경련|임신|진통")
"""What a doctor decides: "열이 39도인데 응급실 가야 할까 지켜봐도 될까" got a pick by chance."""
_FACT = re.compile(r"(?:뭐|어느|어떤)[가-힣 ]{0,4} (?:맞|먼저|더 (?:크|빠|높|길|오래|많|무거|비싸|멀))|맞춤법|정답|차이|못 ?먹으면|내가 좋아|제가 좋아")
"""What one can know, or a trap; no matter of taste."""
_BROKEN = re.compile(r"[가-힣](?:네|어|다|요|ㅋ) |(?:게|이|가) 나을?$")
"""Another sentence's end within an option, or what is better instead of what is done: "못했네 혼자 하는 게 나을"."""
_NEVER = re.compile(r"(?:안|못|말|생각|고민)$|말까?$|^(?:고민|생각|마|[가-힣]*[하되했었았겠갔왔됐])$")


_OR = re.compile(r"^ ?(?:아님|아니면|걍) ")
_DEEDS = (_TWO_DEEDS, _LAST_TWO, _MUST_OR)
_WHAT_YOU = re.compile(r" (?:너라면|너 ?같으면|넌|너는|로라는) ?(?:어떡할|어떻게 ?(?:할|생각)|어때|어떨)\S*(?: ?(?:거|것) ?같\S*)?$")
"""Asks for her pick once more behind the choice."""
_LISTED = re.compile(r"(?<=vs )([가-힣A-Za-z0-9 ]{1,20})[!?.,]")
"""The second of two, where the question stands further on: "립밤 vs 키링! 너는 뭐가 나은 것 같아?"."""
NEAR = 10
"""Letters before a deed in which somebody else named is the one who does it."""


@dataclass(frozen=True, slots=True)
class Pick:
    """What she picks and with which written lines she says it: choice, choice_big for what weighs heavy, shall for "do it" (`thing` is empty)."""

    kind: str
    thing: str


def pick(message: str, part: str = "") -> Pick | None:
    """Her pick where `message` asks for one, or where its clause `part` does; None if none is asked, or one that is not hers to make."""
    told, asked = quiet(message), part or message
    said = _WHAT_YOU.sub("", quiet(_LISTED.sub(r"\1 뭐가 ", asked)))
    if grave(message) or HARM.search(told) or BODY.search(told) or _FACT.search(said) or _BETWEEN.search(said):
        return None
    hand = (_IN_HAND, _EITHER_IS, _TWO_DEEDS) if _CHOOSE.search(asked) else ()
    for pattern in (_ONE_WAY, _ONE_OR, _OF_TWO, _VERSUS, *hand, _EITHER, _BETTER, _MUST_OR, _DO_ONE, _LAST_TWO) if _ASKED.search(asked) else ():
        if (found := pattern.search(said)) and _alike(pattern, found) and (options := [o for o in map(_deed if pattern in _DEEDS else _named, (found["one"], found["other"])) if o]):
            thing = options[zlib.crc32(said.encode()) % len(options)]
            return Pick("choice_big" if _HEAVY.search(said) else "choice", thing)
    deed = _SHALL.search(said) or (_MUST.search(said) if asked.rstrip(" ㅋㅎㅠㅜ").endswith("?") else None)
    yes = deed and not _OTHERS.search(said[max(0, deed.start() - NEAR) :]) and not any(p.search(said) for p in (WHICH, _HEAVY))
    return Pick("shall", "") if yes else None


def weighs(message: str) -> bool:
    """Whether something is to be decided (할까, 해야 하나, 할지 말지), not found out (how, what, which)."""
    said = quiet(message)
    return bool(_WEIGHS.search(said)) and not WHICH.search(said)


def _alike(pattern: re.Pattern[str], found: re.Match[str]) -> bool:
    """Two deeds are weighed only if both are ones to come (갈까, 남을지)."""
    return pattern not in (_DO_ONE, _TWO_DEEDS, _LAST_TWO) or all(_to_come(found[name]) for name in ("one", "other"))


def _deed(option: str) -> str:
    """A deed as she names it: 쉴 -> 쉬는 쪽; "" for what must be done (가야)."""
    return "" if option.endswith("야") else _named(f" {option}").strip()


def _to_come(verb: str) -> bool:
    """Whether the last letter closes with ㄹ."""
    return "가" <= verb[-1] <= "힣" and (ord(verb[-1]) - 0xAC00) % 28 == 8


def _named(option: str) -> str:
    """An option as she names it: 딸기 as it is, "버스 타고 갈" -> 버스 타고 가는 쪽; "" for a "not", or one with a question in it."""
    option = re.split("까 |생각 ?중 |^(?:그럼|근데|음|아니) ", option)[-1]
    if _NEVER.search(option) or WHICH.search(option) or _BROKEN.search(option):
        return ""
    if re.search("[가-힣]는$", option):
        return f"{option} 쪽"
    if " " in option and _to_come(option):
        last = option[-1]
        stem = option[:-1] if last == "을" else option[:-1] + chr(ord(last) - 8)
        return _OR.sub("", f"{stem}는 쪽")
    return option
