"""What must never be answered lightly, by a yes, a pick, a cheerful goodbye or a line for a mood: only rows that were written for it. Pure text.

Wider than danger (crisis.py), which gets help: a word too many here costs a plain line, a word too few a flippant one.
"""

from __future__ import annotations

import re

from ohlora_tui.written.crisis import in_danger

_LOSS = r"돌아가[셨시신]|(?<![반뒤박흰팥])죽(?!겠|는 ?줄|을 ?(?:맛|먹|끓|쒀)|여 ?준|이면 안|이라도(?= ?(?:먹|끓|사|쒀|시켜|해 ?[먹줘]))|이나 (?=먹|끓|사|시켜)|이랑|도 |만 (?=먹|드시|나오)|순|집| ?(?:좀 )?(?:놔(?!버)|가져|갖다|시켜|배달|사 ?[다와갈]|떠 ?먹)| ?(?:끓|먹|한 ?그릇)|(?<=[아어해파와려겨워빠] 죽)음)|장례|(?<![가-힣])부고(?![가-힣])|사망|사별|납골|산소에|기일|하늘나라|천국|(?:곁을|세상을|먼저) ?떠나|보내 ?드렸|유산[이을했]|시한부|말기|무지개 ?다리|안락사"
_SELF = r"뛰어내|뛰어들|옥상(?! ?(?:텃밭|정원|에 ?사는|에(?:서)? ?(?:고추|빨래|고기|삼겹|밥|파티|별)))|유서|그어 ?볼|긋[고는]|칼[로을]? |사라질|사라지고|사라져 ?버|살아도 ?될|살기 ?싫|살고 ?싶지|그만 ?살|못 ?버티|버틸 ?힘|다 ?놓[아을고]|목을? ?(?:조|졸|매|맸)|한강 ?다리|다리 ?위|번개탄|수면제|끝내 ?버|(?<!안)(?<!안 )없어지[고면]|정말 ?안녕|다들 ?(?:미안|고마웠|안녕)|그동안 ?(?:고마웠|미안)"
_VIOLENCE = r"(?<!멍)(?<!멍 )때[리려렸릴]|맞고 ?(?:살|사는|왔|있)|맞았|패(?:버|고|줬|줄)|폭[행력]|던졌|던지고|죽여|불 ?(?:을 ?)?(?:지르|지를|지른|질러|질렀)|찔[렸려]|왕따 ?시[키켰킨]|(?<![애아이])(?:애|아이|아기)를? ?잃어버|도둑이? ?(?:들|맞)|협박|스토킹|따라[와왔]|성폭|추행|성희롱|학대|강간|몰카|납치|가두|침입|모르는 사람이 (?:집|방|문)"
_CRIME = r"뺑소니|술\S* ?(?:\S+ )?운전|졸음 ?운전|운전\S* (?:\S+ ){0,2}(?:술|맥주|소주|한 ?잔)|(?:미성년|중딩|고딩|중학생|고등학생)\S* (?:\S+ ){0,2}(?:술|맥주|소주)|(?:수유|임신)\S* (?:\S+ ){0,2}(?:술|맥주|소주)|교통 ?사고|사기 ?[를을]?[치쳤당]|도박|사채|마약|대마|훔[쳐치칠]|(?<!다)음주|무면허|위조|횡령|해킹"
_BODY = (
    r"(?:두통|감기|수면|진통)?(?:약|제)\S{0,2} (?:\S+ )?(?:두 ?배|잘못|남의|[가-힣]{1,2} ?알|\d+ ?알)|(?:약이랑|약하고|약과) (?:술|맥주|소주)|(?:가스|락스|본드|연기) ?냄새|더 ?할 ?게 ?없대|해 ?줄 ?게 ?없대|(?<!발등에 )(?<!발등에)(?<!전화에 )(?<!전화에)불 ?(?:이 )?났|의식[이을]? ?(?:없|잃)|눈이 (?:갑자기 )?안 ?보[여인]|(?:머리|이마|입술|손|팔|다리|살|피부)\S{0,2} ?찢어[졌지]|물에 빠[졌져]|안 ?깨어나|그은 자국|응급|구급차|119|수술|입원|암(?:이|에|일|은|판정|진단| (?!것|걸릴|튼))|종양|낙태|임신|유산|가슴[이은]? ?(?:너무 ?)?(?:아|조|답답|쥐)|숨이(?! ?(?:쉬어|트))|숨을(?! ?(?:고르|돌리))|호흡|어눌|마비|저리[고다는]|쓰러|경련|발작|피가 |피를|출혈|골절|부러[졌지진]|다[친쳤]|토[하할했]|고열|열이 |약을? ?(?:먹|끊|줄|더)"
    r"|[가-힣]{1,3}(?<![문어이숙언과형그실축경])제 ?(?:\d+ ?알|먹을|먹어|끊|더)|[가-힣]{1,3}(?:알|(?<![걱일결안열표감과])정) ?(?:\d+ ?[알정]|먹을|끊)|타이레놀|항생제|항우울|해열|진통|처방|혈압|혈당|당뇨|치매|중풍|뇌[졸출경]|심장|자해"
)
_DARK, _SICK, _WORSE = re.compile(_SELF), re.compile(_BODY.replace("낙태|임신|유산|", "")), re.compile("|".join((_LOSS, _SELF, _VIOLENCE, _CRIME)))
GRAVE = re.compile("|".join((_LOSS, _SELF, _VIOLENCE, _CRIME, _BODY)))


_IDLE = re.compile(
    r"심장 ?(?:이 ?)?(?:떨|쿵|두근|덜컥|철렁|쫄|내려앉|터질 ?(?:것|거|듯))|반 죽 반|죽음(?=[ㅋㅎ]{2})|119까지[는진]? ?(?:는 )?아니|119(?:는|은)? ?왜(?=\s*(?:[ㅋㅎ?]|$))|약 ?먹는다(?:고)? ?(?=할|하고|핑계|둘러)"
    r"|(?:작년|재작년|예전|옛날|몇 ?년 ?전|어릴 ?때|어렸을 ?때)\S* [^.!?]{0,16}(?:수술|입원)\S*|(?:수술|입원)(?:할|했을|하던) ?때|수술은? ?작년에 다 ?\S+"
    r"|쌍꺼풀 ?수술|(?:수술|입원|검사)\S{0,4} (?:\S{1,6} )?(?:잘|무사히) ?(?:끝|됐|되)\S*|입원[^.!?]{0,10}퇴원\S*"
)
"""Ways to say that one is late or makes an excuse, what was done for looks, and what is well over."""
_CROSS = re.compile(r"혈압 ?이? ?(?:오[르른]|올라(?=[ㅋㅎ]| ?(?:죽|미|돌|버)|[.!~ ]*$)|터[지질졌])|혈압이 ?아니")
_MEASURED = re.compile(r"\d{2,}|어지|뒷목|눈|말을|얼굴|머리|쓰러|약|병원|르[셨시]|(?:엄마|아빠|아버지|어머니|할머니|할아버지|남편|아내|와이프)\S{0,2} 혈압")
"""혈압 of anger, and what tells that it is blood pressure."""
_STIFLED = re.compile(r"(?<![가-힣])숨이 (?:턱+ |탁 )?막[히힌힐힘혀혔]")
_PRESSED = re.compile(r"(?<![가-힣])(?:돈(?!까스|가스)|이자|금리|대출|빚|월세|전세|집값|카드값|등록금|잔소리|눈치|시댁|명절)|만 ?원")
_CHOKES = re.compile(r"갑자기|먹다|삼[켰킨키]|공황|어지|심장|천식|쓰러|가슴|목에")
"""숨이 막힌다 of money or of a family, and what tells that it is breath."""
_PET = re.compile(r"(?:강아지|멍멍이|댕댕이|고양이|냥이|햄스터|토끼(?! ?같)|앵무새|거북이|반려(?:견|묘|동물)|(?:우리|저희) ?집? ?개)(?:들)?(?:가|이|는|은|도)? ")
_NO_PET = re.compile(r"내가|나는|나도|제가|저는|물[려렸]|할퀴|알레르기|산책|때문|엄마|아빠|할머니|할아버지|남편|아내|와이프|동생|언니|누나|오빠|아기|애가|딸|아들|친구")
"""A person's trouble with an animal beside it."""
_WARD = re.compile(r"수술|입원|암(?:이|에|일|은|판정|진단| )|종양|치매|중풍")
_ACUTE = re.compile(r"의식|고름|벌어[졌지]|진물|붓|부었|아[파프]|갑자기 (?:\S+ ){0,3}\S*(?:쓰러|못|어지|숨|열|토|피|마비|말을)|임신|(?:[해혀]|마셔|먹어|걸어|씻어)도 ?(?:돼|되|될)")
"""What lies ahead of someone or goes on for long, whose word is not to run to a pharmacy, and what a doctor must hear at once."""


def _meant(message: str) -> str:
    """`message` without what only sounds grave."""
    said = _IDLE.sub(" ", message)
    said = said if _MEASURED.search(said) else _CROSS.sub(" ", said)
    return _STIFLED.sub(" ", said) if _PRESSED.search(said) and not _CHOKES.search(said) else said


def plain(message: str) -> str:
    """The kind of plain word for a grave `message`. Of the body alone: ward where an operation or a long illness is told of, vet for an
    animal's trouble, body for what a doctor or a pharmacist knows; else grave."""
    said = _meant(message)
    if not _SICK.search(said) or in_danger(message) or _WORSE.search(said):
        return "grave"
    if not _SICK.search(_WARD.sub(" ", said)) and not _ACUTE.search(said):
        return "ward"
    return "vet" if _PET.search(said) and not _NO_PET.search(said) else "body"


def dark(message: str) -> bool:
    """Whether `message` speaks of an end of one's own: what is near it is never near enough."""
    return in_danger(message) or bool(_DARK.search(message))


def grave(message: str) -> bool:
    """Whether `message` speaks of death, of an end, of violence, crime or of the body in danger."""
    return in_danger(message) or bool(GRAVE.search(_meant(message)))
