"""What must never be answered lightly, by a yes, a pick, a cheerful goodbye or a line for a mood: only rows that were written for it. Pure text.

Wider than danger (crisis.py), which gets help: a word too many here costs a plain line, a word too few a flippant one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ohlora_tui.written.crisis import helps, in_danger

_GONE = r"돌아가[셨시신]|사별|납골|산소에|(?<!사)기일|하늘나라|세상을 ?떠나|보내 ?드렸|무지개 ?다리|(?:아내|남편|집사람|마누라|영감|할멈)\S{0,3} 먼저 (?:간 ?지|가[셨신])"
_LOSS = _GONE + r"|(?<![반뒤박흰팥])죽(?!겠|는 ?줄|을 ?(?:맛|먹|끓|쒀)|여 ?준|이면 안|이라도(?= ?(?:먹|끓|사|쒀|시켜|해 ?[먹줘]))|이나 (?=먹|끓|사|시켜)|이랑|도 |만 (?=먹|드시|나오)|순|집| ?(?:좀 )?(?:놔(?!버)|가져|갖다|시켜|배달|사 ?[다와갈]|떠 ?먹)| ?(?:끓|먹|한 ?그릇)|(?<=[아어해파와려겨워빠] 죽)음)|장례|(?<![가-힣])부고(?![가-힣])|사망|(?<!김밥)(?<!김밥 )천국(?:에서|에 ?[가계]|으로|[가에] ?[갔가])|(?:곁을|먼저) ?떠나|유산[이을했](?! ?(?:문제|때문))|시한부|말기|안락사"
_SELF = r"뛰어내|뛰어들|옥상(?! ?(?:텃밭|정원|에 ?사는|에(?:서)? ?(?:고추|빨래|고기|삼겹|밥|파티|별)))|유서|그어 ?볼|긋[고는]|(?<![가-힣])칼(?!칼)[로을]? |사라질|사라지고|사라져 ?버|살아도 ?될|살기 ?싫|살고 ?싶지|그만 ?살|못 ?버티|버틸 ?힘(?!\S? ?(?:생|났|얻|나))|다 ?놓[아을고]|목을? ?(?:조|졸|매|맸)|한강 ?다리|다리 ?위|번개탄|수면제|끝내 ?버|(?<!안)(?<!안 )없어지[고면]|정말 ?안녕|다들 ?(?:미안|고마웠|안녕)|그동안 ?(?:고마웠|미안)"
_VIOLENCE = r"(?<!멍)(?<!멍 )때[리려렸릴](?![치쳐침칠친쳤])|맞고 ?(?:살|사는|왔|있)|(?:한테|에게|뺨|따귀|주먹|회초리|손바닥|몽둥이|두들겨|심하게|오늘도|(?<![가-힣])(?:매|또|나|저|내가))\S{0,2} (?:\S+ ){0,2}맞았|(?:학교|학원|집|군대|회사|부대)에서 (?:\S+ ){0,2}맞았|^맞았어[.…ㅠㅜ ]*$|패(?:버|고|줬|줄)|폭[행력]|던졌|던지고|죽여|불 ?(?:을 ?)?(?:지르|지를|지른|질러|질렀)|찔[렸려]|왕따 ?시[키켰킨]|(?<![애아이])(?:애|아이|아기)를? ?잃어버|도둑이? ?들|협박(?!조)|스토킹|(?:누가|누군가|모르는|이상한|뒤에서|뒤를|스토커|남자|아저씨|사람)\S* (?:\S+ ){0,3}따라[와왔오]|성폭|추행|성희롱|학대|강간|몰카|납치|가두|침입(?!니)|모르는 사람이 (?:집|방|문(?! ?(?:을 )?(?:잡|열어 ?[줬주])))"
_CRIME = r"뺑소니|술\S* ?(?:\S+ )?운전|졸음 ?운전|운전\S* (?:\S+ ){0,2}(?:술|맥주|소주|한 ?잔)|(?:미성년|중딩|고딩|중학생|고등학생)\S* (?:\S+ ){0,2}(?:술|맥주|소주)|(?:수유|임신)\S* (?:\S+ ){0,2}(?:술|맥주|소주)|교통 ?사고|사기 ?[를을]?[치쳤당]|도박|사채|마약|(?<![가-힣])대마(?!다)|훔[쳐치칠](?! ?[갔감])|(?<!다)음주|무면허|위조|횡령|해킹"
_BODY = (
    r"(?:(?<!염색)(?<![가-힣]안)(?<!^안)(?<! 안)약|(?:진통|수면|해열|소화|항생|영양)제)\S{0,2} (?:\S+ )?(?:두 ?배|잘못|남의|[가-힣]{1,2} ?알(?![려아지게])|\d+ ?알)|(?:약이랑|약하고|약과) (?:술|맥주|소주)|(?:가스|락스|본드|연기) ?냄새|더 ?할 ?게 ?없대|해 ?줄 ?게 ?없대|(?<!발등에 )(?<!발등에)(?<!전화에 )(?<!전화에)불 ?(?:이 )?났|의식[이을]? ?(?:없|잃)|눈이 (?:갑자기 )?안 ?보[여인]|(?:머리|이마|입술|손|팔|다리|살|피부)\S{0,2} ?찢어[졌지]|물에 빠[졌져]|안 ?깨어나|그은 자국|응급|구급차|119|수술|입원|(?<!용)암(?:이|에|일|은|판정|진단| (?!것|걸릴|튼))|종양|가슴[이은]? ?(?:너무 ?)?(?:아|조|답답|쥐)|(?<!한)숨이(?! ?(?:쉬어|트))|(?<!한)숨을(?! ?(?:고르|돌리))|(?<!심)호흡|어눌|마비|저리[고다는]|쓰러(?! ?[갈간가감갔])|경련|발작|(?<![가-힣])(?:코)?피가(?! ?말라) |(?<![가-힣])(?:코)?피를|출혈|골절|부러[졌지진]|다[친쳤]|토[하할했]|고열|열이 |약을? ?(?:먹|끊|줄|더)"
    r"|[가-힣]{1,3}(?<![문어이숙언과형그실축경])제 ?(?:\d+ ?알|먹을|먹어|끊|더)|[가-힣]{1,3}(?:알|(?<![걱일결안열표감과])정) ?(?:\d+ ?[알정]|먹을|끊)|타이레놀|항생제|항우울|해열|진통|처방|혈압|혈당|당뇨|치매|중풍|뇌[졸출경]|심장|자해"
)
_EXPECTING = r"낙태|임신|유산(?!균|소|\S* ?(?:문제|때문|다툼|상속))"
"""Grave, and no matter for a pharmacy."""
_PARTED = re.compile(_GONE + r"|장례\S* (?:\S+ )?(?:치[렀르른]|끝|마치|잘)")
"""Someone who is gone, of long ago too: what comforts there is no help line."""
_HARMED = re.compile("|".join((_SELF, _VIOLENCE, _CRIME, r"쓰러졌|숨이|의식|응급|119|피[가를] ")))
"""What happens now beside it, and needs more than comfort."""
_DARK, _SICK, _WORSE = re.compile(_SELF), re.compile(_BODY), re.compile("|".join((_LOSS, _SELF, _VIOLENCE, _CRIME)))
GRAVE = re.compile("|".join((_LOSS, _SELF, _VIOLENCE, _CRIME, _BODY, _EXPECTING)))
_HEAVY = re.compile("|".join((_LOSS, _VIOLENCE)))
_CONDOLES = re.compile(r"돌아가[셨시신]|보내 드리(?:고|는|느)|하늘나라|장례|명복|빈소|조의")
_PLANT = re.compile(r"화분|식물|강낭콩|물고기|구피|캐릭터|주인공")


_IDLE = re.compile(
    r"(?:화분|식물|선인장|다육|상추|모종|토마토|배추|나무|꽃|잔디|배터리|폰|핸드폰|노트북|컴퓨터)(?:들)?(?:이|가|은|는|도)? (?:다 |결국 |벌써 |또 |말라 ?|시들어 ?|얼어 ?)*죽[었어는은]\S*|심장 ?(?:이 ?)?(?:떨|쿵|두근|덜컥|철렁|쫄|내려앉|터질 ?(?:것|거|듯))|반 죽 반|죽음(?=[ㅋㅎ]{2})|119까지[는진]? ?(?:는 )?아니|119(?:는|은)? ?왜(?=\s*(?:[ㅋㅎ?]|$))|119(?:는|은)? ?아니\S*|아니 119 ?말고|(?:뭔|무슨|웬) 119\S*|119\?+ ?(?=[ㅋㅎ])|119를 ?불러\?|안 ?저리\S*|숨[을이]? ?못 ?돌리\S*|약 ?먹는다(?:고)? ?(?=할|하고|핑계|둘러)"
    r"|(?:작년|재작년|예전|옛날|몇 ?년 ?전|어릴 ?때|어렸을 ?때)\S* [^.!?]{0,16}(?:수술|입원)\S*|(?:수술|입원)(?:할|했을|하던) ?때|수술은? ?작년에 다 ?\S+"
    r"|쌍꺼풀 ?수술|(?:수술|입원|검사)\S{0,4} (?:\S{1,6} )?(?:잘|무사히) ?(?:끝|됐|되)\S*|입원[^.!?]{0,10}퇴원\S*"
    r"|(?:(?<=[아해려겨빠] )|(?<=[추더귀러]워 ))죽(?:음|을 ?(?:것|거) ?같)|죽[겟갯]\S*|(?:뛰|달리|오르)\S* 죽을 ?(?:뻔|(?:것|거) ?같)\S*|(?:면|고|다가) 죽을 ?(?:뻔|(?:것|거) ?같)\S*(?= ?[ㅋㅎ])|죽는다는 ?(?:게|건|거) ?아니\S*|죽었나 ?살았나|얼죽아|세포[가는]? ?(?:다 )?죽\S*|분위기[를가]? ?(?:다 )?죽\S*|전복죽|김밥 ?천국"
    r"|심장 ?이? ?(?:뛰(?!는 ?(?:걸까|거))|뜀|터지|터질)\S*|커피[가를]|(?:점|개|문제|다|만점|폭탄|복권|로또|원|비|쫄딱|주사|바람) ?맞았|(?:사진|선물|카톡|문자|메시지|돈|용돈)\S? ?(?:\S+ )?보내 ?드렸|(?:고양이|강아지)[가는]? ?(?:\S+ )?따라[와왔]\S*|줄\S? (?:\S+ ){0,3}긋\S*|(?:이제|어제|언제|숙제) 할|훔쳐 ?먹\S*|(?:강아지|고양이|멍멍이|냥이)\S* (?:\S+ ){0,3}훔[쳐치]\S*|(?:주사|링거|침|백신|접종|비|소나기|눈|바람|우박)\S{0,2} (?:\S+ )?맞(?:고|았)\S*|(?:손톱|연필|안경|우산|캐리어|샤프|살|바퀴|가지|젓가락|립스틱|굽)\S* (?:\S+ ){0,2}부러[지졌진]\S*|부러진 (?:안경|우산|연필)\S*|폰\S* (?:\S+ )?물에 빠[졌져]\S*|(?:좀|조금|양심\S*|괜히|살짝) 찔[려렸]\S*|(?:영화|국밥|맥주|라면|낮잠)\S* (?:\S+ ){0,3}때[리려렸릴]\S*|바람이 \S+ 때려\S*|(?:열심히|혼자|같이|여기서?) 살기 ?싫\S*|심장 ?이? ?녹\S*|문어\S* 심장|(?:게임|롤)\S* (?:\S+ ){0,3}(?:죽|던졌|던지)\S*"
)
"""Ways to say that one is late, tired, in love or makes an excuse, what was done for looks, and what is well over."""
_STORY = re.compile(r"주인공|웹툰|만화|(?<!연애 )소설|정글(?:이|은|러)|불펜|(?:선발|마무리) ?투수|스매시")
_IN_STORY = re.compile("|".join((_LOSS, _VIOLENCE, _CRIME)))
"""What is told of a story or a game, where a death, a blow or a theft is not the user's."""
_CROSS = re.compile(r"혈압 ?이? ?(?:오[르른]|올라(?=[ㅋㅎ]| ?(?:죽|미|돌|버)|[.!~ ]*$)|터[지질졌])|혈압이 ?아니")
_MEASURED = re.compile(r"\d{2,}|어지|뒷목|눈|말을|얼굴|머리|쓰러(?! ?[갈간가감갔])|약|병원|르[셨시]|(?:엄마|아빠|아버지|어머니|할머니|할아버지|남편|아내|와이프)\S{0,2} 혈압")
"""혈압 of anger, and what tells that it is blood pressure."""
_STIFLED = re.compile(r"(?<![가-힣])숨이 (?:턱+ |탁 )?막[히힌힐힘혀혔]")
_PRESSED = re.compile(r"(?<![가-힣])(?:돈(?!까스|가스)|이자|금리|대출|빚|월세|전세|집값|카드값|등록금|잔소리|눈치|시댁|명절)|만 ?원")
_CHOKES = re.compile(r"갑자기|먹다|삼[켰킨키]|공황|어지|심장|천식|쓰러(?! ?[갈간가감갔])|가슴|목에")
"""숨이 막힌다 of money or of a family, and what tells that it is breath."""
_PET = re.compile(r"(?:강아지|멍멍이|댕댕이|고양이|냥이|햄스터|토끼(?! ?같)|앵무새|거북이|반려(?:견|묘|동물)|(?:우리|저희) ?집? ?개)(?:들)?(?:가|이|는|은|도)? ")
_NO_PET = re.compile(r"내가|나는|나도|제가|저는|물[려렸]|할퀴|알레르기|산책|때문|엄마|아빠|할머니|할아버지|남편|아내|와이프|동생|언니|누나|오빠|아기|애가|딸|아들|친구")
"""A person's trouble with an animal beside it."""
_WARD = re.compile(r"수술|입원|(?<!용)암(?:이|에|일|은|판정|진단| )|종양|치매|중풍")
_ACUTE = re.compile(r"의식|고름|벌어[졌지]|진물|붓|부었|아[파프]|갑자기 (?:\S+ ){0,3}\S*(?:쓰러|못|어지|숨|열|토|피|마비|말을)|임신|(?:[해혀]|마셔|먹어|걸어|씻어)도 ?(?:돼|되|될)")
"""What lies ahead of someone or goes on for long, whose word is not to run to a pharmacy, and what a doctor must hear at once."""


_EXPECTS = re.compile(r"임신(?:을 ?|이 ?)?(?:했|하셨|됐|소식| 소식|한 ?(?:거|것|지)|해서|중| ?\d+ ?개월)\S*")
_FEARED = re.compile(r"걱정|무서|무섭|어떡|어쩌|실수|미성년|고딩|중딩|낙태|지우|지울|원[치하]|약|술|담배|커피|피가|배가|통증|아파|아프|끊|\?")
"""A child expected is good news where nothing is feared or asked."""


def _meant(message: str) -> str:
    """`message` without what only sounds grave."""
    said = _IDLE.sub(" ", message)
    said = said if _FEARED.search(said) else _EXPECTS.sub(" ", said)
    said = _IN_STORY.sub(" ", said) if _STORY.search(said) else said
    said = said if _MEASURED.search(said) else _CROSS.sub(" ", said)
    return _STIFLED.sub(" ", said) if _PRESSED.search(said) and not _CHOKES.search(said) else said


def plain(message: str) -> str:
    """The kind of plain word for a grave `message`. Of the body alone: ward where an operation or a long illness is told of, vet for an
    animal's trouble, body for what a doctor or a pharmacist knows; loss where someone is gone and nothing is asked; else grave."""
    said = _meant(message)
    if _PARTED.search(said) and not _HARMED.search(said) and not in_danger(message) and "?" not in message:
        return "loss"
    if not _SICK.search(said) or in_danger(message) or _WORSE.search(said):
        return "grave"
    if not _SICK.search(_WARD.sub(" ", said)) and not _ACUTE.search(said):
        return "ward"
    return "vet" if _PET.search(said) and not _NO_PET.search(said) else "body"


def dark(message: str) -> bool:
    """Whether `message` speaks of an end of one's own: what is near it is never near enough."""
    return in_danger(message) or bool(_DARK.search(message))


@lru_cache(maxsize=4096)
def heavy(written: str, answer: str) -> bool:
    """Whether a row is about a death or a blow, by its message or by her condolences: never said to one who told of none. Of 173 such
    pairs judged by one reader each 126 are bad and 28 good ("할머니 보고 왔어" is no funeral); of the good ones most are help, refusals or plants."""
    return not helps(answer) and not _PLANT.search(written) and bool(_HEAVY.search(_meant(written)) or _CONDOLES.search(answer))


def grave(message: str) -> bool:
    """Whether `message` speaks of death, of an end, of violence, crime or of the body in danger."""
    return in_danger(message) or bool(GRAVE.search(_meant(message)))
