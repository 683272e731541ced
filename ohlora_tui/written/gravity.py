"""What must never be answered lightly, by a yes, a pick, a cheerful goodbye or a line for a mood: only rows that were written for it. Pure text.

Wider than danger (crisis.py), which gets help: a word too many here costs a plain line, a word too few a flippant one.
"""

from __future__ import annotations

import re

from ohlora_tui.written.crisis import in_danger

_LOSS = r"돌아가[셨시신]|(?<![반뒤박흰팥])죽(?!겠|는 ?줄|을 ?(?:맛|먹|끓|쒀)|여 ?준|이면 안|이라도|이나 |이랑|도 |만 |순|집| ?(?:좀 |다 )?(?:놔|가져|갖다|시켜|배달|사 ?[다와갈]|떠 ?먹)| ?(?:끓|먹|한 ?그릇)|(?<=[아어해파와려겨워빠] 죽)음)|장례|(?<![가-힣])부고(?![가-힣])|사망|사별|납골|산소에|기일|하늘나라|천국|(?:곁을|세상을|먼저) ?떠나|보내 ?드렸|유산[이을했]|시한부|말기|무지개 ?다리|안락사"
_SELF = r"뛰어내|뛰어들|옥상|유서|그어 ?볼|긋[고는]|칼[로을]? |사라질|사라지고|사라져 ?버|살아도 ?될|살기 ?싫|살고 ?싶지|그만 ?살|못 ?버티|버틸 ?힘|다 ?놓[아을고]|목을? ?(?:조|졸|매|맸)|한강 ?다리|다리 ?위|번개탄|수면제|끝내 ?버|(?<!안)(?<!안 )없어지[고면]|정말 ?안녕|다들 ?(?:미안|고마웠|안녕)|그동안 ?(?:고마웠|미안)"
_VIOLENCE = r"(?<!멍)(?<!멍 )때[리려렸릴]|맞고 ?(?:살|사는|왔|있)|맞았|패(?:버|고|줬|줄)|폭[행력]|던졌|던지고|죽여|불 ?(?:지르|지를|질러)|협박|스토킹|따라[와왔]|성폭|추행|성희롱|학대|강간|몰카|납치|가두|침입|모르는 사람이 (?:집|방|문)"
_CRIME = r"뺑소니|도박|사채|마약|대마|훔[쳐치칠]|(?<!다)음주|무면허|위조|횡령|해킹"
_BODY = (
    r"응급|구급차|119|수술|입원|암(?:이|에|일|은|판정|진단| )|종양|낙태|임신|유산|가슴[이은]? ?(?:너무 ?)?(?:아|조|답답|쥐)|숨이(?! ?(?:쉬어|트))|숨을(?! ?(?:고르|돌리))|호흡|어눌|마비|저리[고다는]|쓰러|경련|발작|피가 |피를|출혈|골절|부러[졌지진]|다[친쳤]|토[하할했]|고열|열이 |약을? ?(?:먹|끊|줄|더)"
    r"|[가-힣]{1,3}(?<![문어이숙언과형그실축경])제 ?(?:\d+ ?알|먹을|먹어|끊|더)|[가-힣]{1,3}(?:알|(?<![걱일결안열표감과])정) ?(?:\d+ ?[알정]|먹을|끊)|타이레놀|항생제|항우울|해열|진통|처방|혈압|혈당|당뇨|치매|중풍|뇌[졸출경]|심장|자해"
)
_DARK, _SICK, _WORSE = re.compile(_SELF), re.compile(_BODY.replace("낙태|임신|유산|", "")), re.compile("|".join((_LOSS, _SELF, _VIOLENCE, _CRIME)))
GRAVE = re.compile("|".join((_LOSS, _SELF, _VIOLENCE, _CRIME, _BODY)))


_IDLE = re.compile(r"심장 ?(?:이 ?)?(?:떨|쿵|두근|터질 ?(?:것|거|듯))|반 죽 반|혈압 ?이? ?(?:오[르른]|올라(?=[ㅋㅎㅠ!~,. ]|$)(?![^?]*(?:약|병원|재|쟀|\d))|터[지질졌])|혈압이 ?아니|119(?:는|은)? ?(?:왜|말고|아니)|안 ?아프(?:다|거든|니까)|죽음(?=[ㅋㅎ]{2})|119까지[는진]? ?(?:는 )?아니|약 ?먹는다고 ?(?=할|하고|핑계|둘러)|(?:돈|원|이자|금리|대출|빚|월세|[집전세카드]값|등록금|일정|마감|회의|시험|숙제|분위기|잔소리|눈치|회사|출근|지하철|버스|더워|더위|덥|명절|시댁)(?:(?!가슴)[^.!?]){0,24} 숨이 (?:턱+ |탁 )?막[히힌힐힘혀혔]")
"""Ways to say that one is cross, late, short of money, or makes an excuse."""


_PET = re.compile(r"강아지|멍멍|댕댕|고양이|냥이|냥냥|햄스터|토끼|앵무|거북|반려|(?:우리|저희) ?(?:집 ?)?개(?:가|는|도) ")
_WARD = re.compile(r"수술|입원|퇴원|암(?:이|에|일|은|판정|진단| )|종양|치매|중풍")
"""What lies ahead of someone or goes on for long: its word is not to run to a pharmacy."""


def plain(message: str) -> str:
    """The kind of plain word for a grave `message`. Of the body alone: vet for an animal's, ward where an operation or a long illness is told of,
    body for what a doctor or a pharmacist knows; else grave."""
    said = _IDLE.sub(" ", message)
    if not _SICK.search(said) or in_danger(message) or _WORSE.search(said):
        return "grave"
    if _PET.search(said):
        return "vet"
    return "body" if _SICK.search(_WARD.sub(" ", said)) else "ward"


def dark(message: str) -> bool:
    """Whether `message` speaks of an end of one's own: what is near it is never near enough."""
    return in_danger(message) or bool(_DARK.search(message))


def grave(message: str) -> bool:
    """Whether `message` speaks of death, of an end, of violence, crime or of the body in danger."""
    return in_danger(message) or bool(GRAVE.search(_IDLE.sub(" ", message)))
