"""A careful reader of very clear self-statements: a table of patterns, the first that fits and that no check doubts. Pure.

Precision first: a message that asks, wishes, denies or speaks of somebody else is read as nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ohlora_tui.memory import lexicon
from ohlora_tui.memory.candidates import examined
from ohlora_tui.memory.readers import Maker, bare_name, bought, category, clause_noun, food, named, phrase, plain, plan, weather
from ohlora_tui.memory.verbs import nominal
from ohlora_tui.memory.words import tidy
from ohlora_tui.records import Memory


@dataclass(frozen=True, slots=True)
class Rule:
    """Where `pattern` stands in a message, the memory is `key` with the pattern's group `v`, or what `make` gives."""

    pattern: re.Pattern[str]
    key: str = ""
    make: Maker | None = None

    def read(self, text: str, now: datetime) -> Iterator[Memory]:
        for m in self.pattern.finditer(text):
            found = self.make(m, now) if self.make else plain(self.key, m["v"])
            if found:
                yield found


_ME = r"(?:^|(?<=[\s.,!?~]))(?:나는?|난|나도|저는?|전|저도|제가|내가|우리)\s+"
_END = r"(?=$|[\s.,!?~…])"
_IS = r"(?:이야|야|이에요|이예요|예요|입니다|임|인데요?|라서|이라서|이거든|거든|이고|다|이다|이지|지|이라|래요?)?"
_COPULA = _IS.removesuffix("?")
_R = re.compile
_ANIMAL = "|".join(lexicon.ANIMALS)
_KIN_WORDS = "|".join(sorted(lexicon.KIN, key=len, reverse=True))
RULES: tuple[Rule, ...] = (
    Rule(_R(rf"(?:{_ME})(?:올해 |이제 |만 )?(?P<v>\d{{1,2}}살|\d{{1,2}}세|\d{{2}}년생|(?:스물|서른|마흔|쉰|예순|일흔|여든)(?:하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉)?){_IS}{_END}"), "나이"),
    Rule(_R(rf"(?:^|\s)(?:우리 ?집? ?)?(?P<who>{_ANIMAL}) ?이름은? (?P<v>[가-힣]{{1,6}}(?:이야|야|이에요|예요|임)){_END}"), make=named),
    Rule(_R(rf"(?:우리 )?(?P<who>{_KIN_WORDS}|친구) ?이름은? (?P<v>[가-힣]{{2,6}}(?:이야|야|이에요|예요|임)){_END}"), make=named),
    Rule(_R(rf"(?:내|제) 이름은? (?P<v>[가-힣]{{2,5}}(?:이야|야|이에요|예요|입니다|이라고|라고|임|인데|이고|이거든)){_END}"), make=named),
    Rule(_R(rf"^(?:나는?|난|저는|나) 이름이 .{{0,10}}?(?P<v>[가-힣]{{2,5}}(?:이야|야)){_END}"), make=named),
    Rule(_R(rf"이름 바꿨어.{{0,3}}(?:이제|지금은) (?P<v>[가-힣]{{2,5}}(?:이야|야)){_END}"), make=named),
    Rule(_R(r"(?:발표를 맡은|직장인|학생|저는|나는) (?P<v>[가-힣]{2,4}입니다)"), make=named),
    Rule(_R(rf"^(?P<v>[김이박최정강조윤장임한오서신권황안송류홍][가-힣]{{2}}(?:입니다|이에요|예요)){_END}"), make=named),
    Rule(_R(rf"(?:^|(?<=[\s.,!?~]))(?:나는|난|저는|전) (?!바보|천재|멍청|최고|아니)(?P<v>[가-힣]{{2,4}}(?:이라고|라고)) ?(?:해|해요|합니다){_END}"), make=named),
    Rule(_R(r"(?:나를|날|나|저를|절) (?P<v>[가-힣A-Za-z]{1,8}?)(?:이라고|라고) (?:불러|부르면)"), "호칭"),
    Rule(_R(r"^(?:앞으로 |이제 |그냥 )?(?P<v>[가-힣A-Za-z]{1,8}?)(?:이라고|라고) 불러"), "호칭"),
    Rule(_R(rf"(?:내|나|제)(?: \S+)? ?별명은? (?P<v>[가-힣]{{1,6}}(?:이야|야|임|였음|이었음|였어|이었어)){_END}"),
         make=lambda m, n: Memory("별명", bare_name(m["v"])) if bare_name(m["v"]) else None),
    Rule(_R(r"(?:내|나|제) 생일은? ?(?P<v>\d{1,2}월 ?\d{1,2}일)"), "생일"),
    Rule(_R(rf"(?:{_ME})(?:\S+ )?(?P<v>[EIei][NSns][FTft][JPjp]){_IS}{_END}"), "MBTI"),
    Rule(_R(rf"(?:내|제) (?:MBTI|mbti|엠비티아이)는? (?P<v>[EIei][NSns][FTft][JPjp]){_IS}{_END}"), "MBTI"),
    Rule(_R(rf"(?:{_ME}|(?:내|제) 직업은 |직업은 )(?:사실 |원래 |지금 |이제 )*(?P<v>(?:(?!\S*[은는이가도의] )\S+ )?(?:{lexicon.JOBS}))(?:로 일하|으로 일하|로 일한|으로 일한|{_COPULA}{_END})"), "직업"),
    Rule(_R(rf"(?P<v>(?:(?!\S*[은는이가도의] )\S+ )?(?:{lexicon.JOBS}))(?:로|으로) 일하고 있"), "직업"),
    Rule(_R(rf"(?:{_ME})(?:지금 |이제 )?(?P<v>고[1-3]|중[1-3]|초[1-6]|재수생|[1-6]학년|초등학생|중학생|고등학생|대학생|대학원생|취준생|\d{{2}}학번|대학교? ?[1-4]학년){_IS}{_END}"), "학교"),
    Rule(_R(r"(?P<v>[가-힣]{2,8}(?:대학교|고등학교|중학교|대))(?:에|를)? 다(?:녀|니고 있)"), "학교"),
    Rule(_R(rf"(?:{_ME}|전공은 )(?P<v>[가-힣]{{2,8}}학과){_IS}{_END}"), "전공"),
    Rule(_R(rf"(?:내|제)? ?전공은 (?P<v>[가-힣]{{2,8}}?)(?:이야|야|이에요|예요|임){_END}"), "전공"),
    Rule(_R(rf"(?:^|\s)(?P<v>(?:{lexicon.PLACES})(?: [가-힣]+[구동시])?)(?:에서|에)? (?:살아|살고 있|삶|산다|살아요|사는데){_END}"), "사는 곳"),
    Rule(_R(rf"(?:^|\s)(?P<v>[가-힣]{{2,6}}(?:시|구|동|군))(?:에서|에) (?:살아|살고 있어|산다|살아요){_END}"), "사는 곳"),
    Rule(_R(rf"(?:^|\s)(?P<v>{lexicon.PLACES})(?:으로|로) 이사 ?(?:왔|했|옴|함)"), "사는 곳"),
    Rule(_R(r"(?P<v>[가-힣]{1,6}) ?알레르기(?:가|도)? ?(?:있|심해|생겼)"), "알레르기"),
    Rule(_R(r"(?P<v>(?:매운|신|단|쓴|날) ?(?:거|것|음식)|[가-힣]{1,6}?)(?:은|는|을|를|도)? (?:아예 |잘 |절대 )?못 ?먹(?:어|는|음)"), make=lambda m, n: None if re.search(r"[서고게]$", m["v"]) else plain("못 먹는 음식", m["v"])),
    Rule(_R(rf"(?P<v>[가-힣 ]{{1,10}}?)(?:이|가|은|는)? (?:진짜 |너무 |제일 )?무서워(?:해|하는){_END}"), "무서워하는 것"),
    Rule(_R(rf"(?P<v>(?:[가-힣]+ ){{0,3}}?[가-힣]+) (?:너무 |진짜 |또 )?먹고 ?싶(?:다|어|은데){_END}"), make=food),
    Rule(_R(rf"(?:^|\s)(?P<v>{lexicon.TRIPS})(?:에|로|으로)? (?:한번 |꼭 |너무 )?(?:여행 )?가 ?(?:보)?고 ?싶(?:다|어|은데){_END}"), "가고 싶은 곳"),
    Rule(_R(rf"(?:^|\s)(?P<v>{lexicon.TRIPS})(?:에|도|는|를)? (?:\S+ )?(?:가 ?봤어|가 ?봤는데|갔다 ?왔어|다녀왔어|갔다옴|다녀옴){_END}"), "가 본 곳"),
    Rule(_R(rf"(?:^|\s)(?P<v>{lexicon.TRIPS})(?:으로|로)? 여행 (?:계획|가기로|갈 거)"), "여행 계획"),
    Rule(_R(rf"(?:^|\s)(?P<v>(?:{lexicon.LOSABLE})(?: 한쪽)?)(?:을|를|이|가)? (?:또 )?(?:잃어버렸|잃어버림|분실|두고 왔|놓고 왔|없어졌|없어짐|도둑맞)"), "잃어버린 것"),
    Rule(_R(rf"(?:^|\s)(?P<v>(?:새 |겨울 |중고 )?[가-힣]{{1,7}}) (?:새로 |드디어 |또 |하나 )*(?:샀어|샀다|샀음|샀는데|질렀어|삼){_END}"), make=bought),
    Rule(_R(rf"(?P<v>{lexicon.LICENCES})(?:을|를|도)? ?(?:드디어 )?(?:땄|취득)"), "자격증"),
    Rule(_R(rf"(?:^|\s)(?:우리 ?집?(?:에)? )?(?P<v>{_ANIMAL})(?:를|을|도|랑)? (?:한 마리 |두 마리 )?(?:키워|키우고 있|키우는데|데려왔)"), "반려동물"),
    Rule(_R(rf"(?:^|\s)(?P<v>{_ANIMAL})(?:를|을)? 입양했"), make=lambda m, n: Memory("반려동물", f"{m['v']} 입양")),
    Rule(_R(rf"^(?:우리 |오늘 )?(?P<k>{_KIN_WORDS})(?:가|이|께서|는)? (?P<pre>(?:이제 |다 |대학 |대학에 |시험 |면접 |다리 |허리 |팔 |아기 |아이 |훈련소 )*)(?P<v>{lexicon.KIN_EVENTS}){_END}"),
         make=clause_noun),
    Rule(_R(rf"(?P<v>{lexicon.KIN_RELATION}){_END}"), make=lambda m, n: lexicon.relation(m["v"])),
    Rule(_R(rf"(?:^|\s)(?P<v>비|눈|우박|태풍|소나기)(?:가|이)? ?(?:진짜 |너무 |많이 |또 |계속 |엄청 )*(?:온다|온대|오네|와|온다고|내려|내린대|내린다|쏟아져|오는 중){_END}"), make=weather),
    Rule(_R(rf"(?:^|\s)(?P<v>미세먼지|황사|안개|첫눈|천둥|서리)(?:가|이)? ?(?:너무 |진짜 |엄청 )?(?:심해|심하|장난|꼈|왔|온다|와|쳐|내림|내렸){_END}?"), make=weather),
    Rule(_R(r"날씨(?:가|는)? (?:너무 |진짜 |왜 이렇게 |왜케 |엄청 )?(?P<v>좋아|좋다|좋네|추워|춥다|더워|덥다|흐려|흐리다|쌀쌀해|안 좋아)"), make=weather),
    Rule(_R(rf"^(?:오늘 |밖에 |밖 )?(?:너무 |진짜 )?(?P<v>흐려|습해|후덥지근해|쌀쌀해){_END}"), make=weather),
    Rule(_R(rf"(?P<v>(?:{lexicon.BODY})(?:이|가)? (?:너무 |진짜 |계속 |자꾸 )?(?:아파|아프다|쑤셔|부었어|뭉쳤어|답답해|막혔어|뻑뻑해)){_END}"), make=phrase("건강")),
    Rule(_R(r"(?P<v>감기|독감|코로나|장염|몸살|식중독)(?:에|에 또|이|가)? ?(?:또 )?(?:걸렸|걸림|왔어|걸린)"), "건강"),
    Rule(_R(rf"(?P<v>생리통|두통|근육통|숙취|기침|비염|거북목)(?:이|가)? ?(?:너무 |진짜 |계속 )?(?:심해|심하|왔어|있어|나|때문에){_END}?"), "건강"),
    Rule(_R(rf"(?P<v>(?:최종 |1차 |2차 |회사 )?(?:{lexicon.OUTCOMES}) (?:또 |드디어 )?(?:{lexicon.RESULTS})){_END}"), make=phrase("상태")),
    Rule(_R(rf"^(?:나 )?(?:{lexicon.ADVERBS} )*(?P<v>퇴원했어|이직했어|취업했어|졸업했어|승진했어|자퇴했어|휴학했어|잘렸어|차였어|복학했어){_END}"), make=phrase("상태")),
    Rule(_R(rf"^(?:나 )?(?:오늘 )?(?:{lexicon.ADVERBS} )*(?P<v>{lexicon.MOODS}){_END}(?!\s?\S+\?)"), make=lambda m, n: lexicon.mood(m["v"])),
    Rule(_R(rf"기분(?:이)? (?:너무 |진짜 )?(?P<v>좋아|나빠|최고야|최악이야|별로야|꿀꿀해){_END}"),
         make=lambda m, n: Memory("오늘 기분", nominal(m["v"].removesuffix("이야").removesuffix("야")))),
    Rule(_R(r"."), make=lambda m, n: plan(m, n) if m.start() == 0 else None),
    Rule(_R(rf"(?:^|\s)우리 ?(?:집 )?(?P<v>{_ANIMAL})(?:가|이|는|은|도|랑)? "), "반려동물"),
    Rule(_R(rf"^(?P<v>{_ANIMAL})(?:를|을|이랑|랑)? ?산책 ?(?:시키|나가|시켰|하고|다녀)"), "반려동물"),
    Rule(_R(rf"^(?P<v>{_ANIMAL})(?:가|이) (?:자꾸 |또 |새벽마다 |내 |나를 |계속 )"), "반려동물"),
    Rule(_R(rf"^(?:나 |난 |나는 )?(?P<v>{lexicon.ERRANDS})(?:에)? ?(?:갔다 ?왔어|다녀왔어|가는 ?중|가야 ?해|가야 ?돼|가야 ?됨|가는 길){_END}"), "오늘 일정"),
    Rule(_R(r"(?:내|제|나) ?꿈은 (?P<v>[가-힣 ]{2,14}?)(?:이야|야|이에요|예요|임|!|$)"), "목표"),
    Rule(_R(rf"(?:{_ME})(?P<v>[가-힣 ]{{2,12}}?)(?:이|가)? ?되고 싶(?:어|다)"), "목표"),
    Rule(_R(rf"(?P<v>다이어트|금연|금주|비건|저축) ?(?:시작했어|시작!|시작한다|시작함|중이야|중{_END})"), "목표"),
    Rule(_R(rf"(?P<v>[가-힣 0-9]{{2,14}}?)(?: 넘는 게| 넘기|는 게|이|가|은|는)? 목표(?:야|임|예요|이야){_END}"), "목표"),
    Rule(_R(r"(?:내|제) 취미는 (?P<v>[가-힣 ]{2,12}?)(?:이야|야|예요|이에요|임|$|\s너는)"), "취미"),
    Rule(_R(rf"(?:^|\s)(?P<v>{lexicon.HOBBIES})(?:을|를)? ?(?:다시 )?(?:배우고 있|배우는데|배운다|배워|시작했어|시작함|빠졌어|빠짐){_END}"), "취미"),
    Rule(_R(rf"(?:^|\s)(?P<v>{lexicon.SPORTS})(?:을|를)? ?(?:\d+km )?(?:시작했어|등록했어|등록했다|등록함|시작함|다녀왔어|갔다 ?왔어|하고 왔어|완주했어|했어){_END}"), "운동"),
    Rule(_R(rf"(?:^|\s)(?P<v>{lexicon.DISHES})(?:을|를)? ?(?:해 ?먹|끓여 ?먹|만들어 ?먹|구워 ?먹|볶아 ?먹|끓였|구웠|부쳤|만들었|끓여 ?봤|끓이는 ?중|만드는 ?중|굽는 ?중|하는 ?중|물 올렸)"), "오늘 요리"),
    Rule(_R(rf"^(?:로라야? )?(?:나 )?(?:너 )?(?:너무 |진짜 )?(?P<v>사랑해|좋아해|보고 ?싶었어)(?:요)?{_END}(?!\s?\S)"), make=phrase("오로라에 대한 감정")),
    Rule(_R(rf"(?P<v>(?:남친|여친|남자친구|여자친구|썸남|썸녀)(?:이|가)? (?:생겼어|생겼다|생김|없어|없다|없음)){_END}"), make=phrase("연인")),
    Rule(_R(rf"(?P<v>(?:(?:남친|여친|남자친구|여자친구)(?:이랑|랑|하고) )?(?:헤어졌어|헤어졌다|헤어짐)|재회했어|프러포즈 (?:받았어|거절당했어)){_END}"), make=phrase("연인")),
    Rule(_R(rf"^(?:나 |난 |나는 )?(?P<no>)(?P<v>{lexicon.KNOWN})(?:이|가|은|는)? ?{lexicon.ADVERBS}? ?(?:싫어|싫다|싫음|극혐){_END}"), make=category),
    Rule(_R(rf"^(?:나 |난 |나는 )?(?P<v>{lexicon.KNOWN})(?:이|가) ?{lexicon.ADVERBS}? ?(?:좋아|좋더라|좋다){_END}"), make=category),
    Rule(_R(rf"(?:^|\s)(?P<v>{lexicon.FRIGHTS})(?:이|가)? (?:너무 |진짜 )?(?:무서워|무섭다|무서움){_END}"), "무서워하는 것"),
    Rule(_R(rf"(?:^|\s)(?P<v>{lexicon.TRIPS}|벚꽃|단풍|여행|콘서트|놀이공원)(?: 보러)?(?:에|로|으로)? ?(?:너무 )?가고 ?싶(?:다|어|은데){_END}"), "가고 싶은 곳"),
    Rule(_R(rf"(?P<v>(?:매운|단|시원한|따뜻한) ?거|[가-힣]*(?:{lexicon.TASTY}))(?:이|가)? (?:너무 )?(?:땡겨|땡긴다|땡기는데|먹을래){_END}"), make=food),
    Rule(_R(r"(?P<v>담배|술|커피|야식|배달|군것질|게임|과자)(?:을|를)? ?끊(?:고 싶|으려|는다|을 ?거|어야|기로)"), make=lambda m, n: Memory("목표", f"{m['v']} 끊기")),
    Rule(_R(rf"^(?:나 )?(?P<v>[가-힣]{{2,6}})(?:을|를)? 배우고 싶(?:어|다){_END}"), make=lambda m, n: Memory("목표", f"{m['v']} 배우기")),
    Rule(_R(r"(?:^|\s)돈 모으(?:는 ?중|기 시작|려고|고 있|는데)"), make=lambda m, n: Memory("목표", "돈 모으기")),
    Rule(_R(r"(?:^|\s)(?P<v>다이어트) ?(?:할 ?거야|해야지|오늘부터|시작|도전)"), "목표"),
    Rule(_R(rf"(?:{_ME})(?:지금 )?(?P<v>(?:카페 |편의점 |과외 )?알바)(?:해|하고 있어|한다|함){_END}"), "직업"),
    Rule(_R(rf"(?P<v>(?:(?:^|\s)[가-힣]+(?:이랑|랑) |우리 )\d{{2,4}}일)(?:이야|이다|임|째야){_END}"), make=lambda m, n: Memory("기념일", m["v"].strip().removeprefix("우리 "))),
    Rule(_R(r"(?:^|\s)(?P<v>(?:엄마|아빠|부모님) (?:생신|결혼기념일|환갑))(?:이야|인데|임|이다)"), "기념일"),
    Rule(_R(rf"(?:^|\s)(?P<v>폰|핸드폰|노트북|차|컴퓨터|안경)(?:을|를)? (?:새로 )?(?:바꿨|질렀|맞췄)(?:어|다|음){_END}"), "산 것"),
    Rule(_R(r"^새로 산 (?P<v>[가-힣]{1,6}) 어때"), "산 것"),
    Rule(_R(r"(?P<v>운전면허(?: 필기)?|컴활(?: ?\d급)?|한국사(?: ?\d급)?|[가-힣]+기사) 합격"), "자격증"),
    Rule(_R(r"(?P<v>토익 \d{3}) 넘(?:었|음|겼)"), "자격증"),
    Rule(_R(rf"^(?:우리 )?(?P<v>(?:{_ANIMAL})(?:가|이)? (?:다 )?(?:아파|아프다|죽었어|나았어|나았대)){_END}"), make=phrase("반려동물")),
    Rule(_R(rf"^(?P<v>{_ANIMAL})(?:가|이)? (?:\S+ )?(?:토했|꾹꾹이|도망갔|물어뜯었|쳇바퀴|깼어|짖어|혼자 두고|미용하고|첫날|산책|이름 뭐로|이름 골라)"), "반려동물"),
    Rule(_R(rf"^(?:이따 |이만 )?(?P<v>(?:저녁|점심|이따|오후)에 (?:\S+ )?(?:\S+)) (?:갈 거야|갈거야|간다){_END}"), "오늘 일정"),
    Rule(_R(rf"^(?!여행|휴가|MT|출근|결과|자격증)(?P<v>{lexicon.EVENTS})(?:을|를)? (?:하러 |보러 )?(?:가는 ?중|간다|나가는 ?중|가는 길|들어가|중이야){_END}?"), "오늘 일정"),
    Rule(_R(rf"(?P<v>폭염|한파|태풍|황사|장마|소나기|우박)(?:이래|래|이야|야|이다){_END}?"), make=weather),
    Rule(_R(rf"^(?:오늘 |밖에 )?(?P<v>(?:비|눈) (?:그쳤다|그쳤어|쌓였어|쌓였다)){_END}"), make=phrase("오늘 날씨")),
    Rule(_R(rf"^(?:오늘 )?(?P<v>비|눈|첫눈)(?:이|가)? (?:왔어|왔다|내렸어){_END}"), make=weather),
    Rule(_R(r"날씨 개(?P<v>좋아|추워|더워)"), make=weather),
    Rule(_R(rf"^(?:나 )?(?:오늘 )?(?:{lexicon.ADVERBS} )*(?P<v>{lexicon.MOOD_STEMS})(?:해|하다|하네|했어){_END}"), make=lambda m, n: Memory("오늘 기분", f"{m['v']}함")),
    Rule(_R(rf"^(?:{lexicon.ADVERBS} )*(?P<v>힘들어|힘들다|지친다|기쁘다|슬프다|외롭다|쪽팔려|후회돼){_END}(?!\s?\S)"), make=lambda m, n: lexicon.mood(m["v"])),
    Rule(_R(rf"기분 (?P<v>좋다|나쁘다){_END}"), make=lambda m, n: Memory("오늘 기분", {"좋다": "좋음", "나쁘다": "나쁨"}[m["v"]])),
    Rule(_R(rf"(?:^|(?<=[\s.,!?~]))(?:나는?|난|나도|저는?|내가)?\s?(?P<v>(?:[가-힣]+ ){{0,2}}?[가-힣]+?) {lexicon.ADVERBS}?\s?좋아(?:해|하는데|해요|함|한다|하거든|하는 편이야){_END}"), make=category),
    Rule(_R(rf"(?:{_ME})(?P<v>[가-힣 ]{{1,12}}?)(?:이|가) (?:제일|더|가장) 좋(?:아|더라|은데|다|던데){_END}"), make=category),
    Rule(_R(rf"(?:{_ME})?(?P<no>)(?P<v>(?:[가-힣]+ ){{0,2}}?[가-힣]+?) {lexicon.ADVERBS}?\s?(?:싫어해|싫어하는데|싫어함|극혐){_END}"), make=category),
    Rule(_R(rf"(?P<no>)(?:나는|난|나도) (?P<v>[가-힣 ]{{1,12}}?)(?:이|가)? (?:너무 |제일 |진짜 )?싫(?:어|다){_END}"), make=category),
)  # fmt: skip
"""In this order: names and numbers of a person first, then what they own, suffered and plan, likes last."""


_OPENER = re.compile(
    r"^(?:(?:(?:오로라|로라)(?:야|아)?|아+|야|음+|응|어|사실|근데|아니|그냥|드디어|방금|와|헐|하|저기|있잖아|진짜|아\s?맞다|좋은 아침|안녕|ㅇㅇ|ㅎㅇ|ㄷㄷ)[\s,!.~…?]+)+"
)
_MARKS = re.compile(r"[ㅋㅎㅠㅜ]+|[\U0001F300-\U0001FAFF\u2600-\u27BF♡♥]")


LONGEST = 300
"""Syllables: a longer message is a story, not a clear statement; the longest one a rule should read has under 100."""


_BEFORE = re.compile(r"^.*[가-힣](?:는데|은데|인데|한데|이야|지만)\s+(?=\S)|^(?:몰래|그냥|다시|또)\s+(?=\S)")
"""Another clause, or how it is done, before the thing itself: "같은데 병원 가기", "설날이야 세배하기", "몰래 과자"."""


def _trimmed(found: Memory) -> Memory:
    return replace(found, value=_BEFORE.sub("", found.value))


def read(message: str, now: datetime) -> Memory | None:
    """The memory a rule reads from `message`, None when unsure. Its key and value only, as the memory head writes them."""
    text = " ".join(_MARKS.sub(" ", tidy(message)).split())
    if len(text) > LONGEST:
        return None
    text = _OPENER.sub("", text)
    for rule in RULES:
        for found in map(_trimmed, rule.read(text, now)):
            if not examined(found, message, now)[1]:
                return found
    return None
