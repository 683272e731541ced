"""What the last words of a message call for, where no row knows its matter: a good night, a first sentence to say, a yes, comfort.

message -> its clauses, last first -> the name of a cue, whose written lines stand in asks.tsv (askback.py). Pure text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ohlora_tui.written.choice import BODY, HARM, WHICH, weighs
from ohlora_tui.written.clauses import clauses, heart
from ohlora_tui.written.echo import CLOSED, CLOSED_N, asks
from ohlora_tui.written.gravity import grave

_SIGNS = re.compile(r"[ㅋㅎㅠㅜㅡ~!.…^;,\"“”]+")
_NOT_NOW = re.compile(r"내일|모레|다음|주말|앞으로|이제부터|매일|(?<!들)어제|아까")
_WHO = re.compile(r"(?:애|아기|아이|딸|아들|남편|아내|와이프|집사람|엄마|아빠|할머니|할아버지|친구|동생|언니|누나|오빠|형|선배|후배|팀장|사장|걔|얘|쟤)(?:들)?(?:님)?(?:가|이|는|은|도|께서) |(?:애|아기) (?:자|잔)")
"""Of another day, or of somebody else: "내일은 일찍 자야겠다" leaves nobody. What ends in a promise is the user's own: "애 깼다 가볼게요"."""
_PROMISED = re.compile(r"게(?:요)?$")
_CALLED_AWAY = re.compile(r"(?:밥|저녁|점심) ?먹으래$|(?:퇴근|도착|왔)\S* ?전화 ?온다$")
"""Somebody else calls the user away."""
_LEAVES = (
    ("bye_sleep", re.compile(
        r"(?:자야겠(?:[다어네]|습니다)|자야지|(?<![가-힣])잘게|자러 ?(?:갈게|간다|갑니다|갈래|가야[겠지돼]다?)|누울란다|누워야겠다|눈 ?붙여야(?:지|겠다)|자 ?볼게|잘란다|(?<![가-힣])잘래|(?:이만|먼저) 잡니다|누울(?:랍니다|거임|거야|래)|^(?:너도 |로라도 |그럼 |다들 |이제 )?(?:잘|푹) ?자|(?:너도|로라도) (?:잘|푹) ?자|굿나잇|굿밤|(?:너도|로라도) (?:푹 |편히 )?쉬어)(?:라|요|렴)?$"
    )),
    ("bye_go", re.compile(
        r"(?:(?:(?<![가-힣])(?:나|저|난|전|이만|그만|이제|먼저) ?|(?:^|[다네요음] ))가 ?볼게|가 ?봐야(?:겠[다어네]| ?지| ?돼| ?해| ?됨)|나가 ?봐야 ?(?:쓰|하|겠)\S*|들어가 ?볼게|(?:^|\s)(?:안녕|ㅂㅂ|ㅂㅇ|바이|빠이)|(?:나중에|이따가?|밤에|저녁에|내일|담에|다음에) ?(?:또 )?(?:봐|보자|올게|얘기하자|말하자|놀자|이야기하자))(?:요)?$"
        r"|(?:^|\s)(?:나|난|저) (?:이제 )?(?:간다|감|갈게)$|[가-힣](?<![부둘들불눌굴질])러 ?(?:간다|감|갑니다|갈게|갈래|가야겠[다네어]|가야 ?(?:돼|해|지))(?:요)?(?: 충성| ㅂㅇ)?$|(?:고|갔다) ?올게(?:요)?(?: (?:제발|오늘은?|이따) .{0,14})?$|(?:^|\s)(?:이제 |저는 |난 )?(?:올라|들어|나|일어나)?(?<![가-힣])?가 ?봅니다$|(?:^|\s)간다 나$|후기 (?:들고|가지고|가져) ?(?:옴|온다|올게)(?:요)?$|(?:^|\s)이제 (?:\S+ )?(?:들어|나)(?:간다|감|가요|갑니다)$|(?:수업|회의|일하러) ?들어(?:간다|감|가)$|누워 ?(?:보렵니다|볼게요?)$|(?:^|(?:^|\s)(?:이제|지금|슬슬) )나가야 ?(?:됨|돼|해|지|겠다)$|(?:^|\s)나 이제 (?!어떻|뭐|뭘|왜)\S{1,6} ?해야 ?(?:돼|해|함)$|(?<![가-힣])(?:잠만|잠깐만|잠시만)(?:요)?$|(?:밥|저녁|점심) ?먹으래$|(?:퇴근|도착|왔)\S* ?전화 ?온다$"
        r"|(?:(?:^|\s)(?:이만|그만) |^(?:앗 |아 |어 |헐 )?(?:나 |난 |저 |나는 |전 |저는 )?(?:이제 |먼저 |얼른 ))(?:\S+ ){0,3}(?:갈게|가야겠다|가야 ?(?:돼|해|지)|간다|나가야(?:지|돼|해|겠다)|들어가야(?:지|돼|해|겠다))(?:요)?$"
        r"|(?:^|\s)(?:이제|이만|그럼) (?:\S+ ){0,2}\S*러 ?가요$|(?:^|\s)(?:나|난|저|먼저) (?:이제 )?(?:훈련|학원|학교|출근|수업|알바|운동|독서실)(?: ?하러)? ?(?:감|간다|갈게)$|(?:^|\s)(?:이만 |또 |나 )[오가]마$"
    )),
    ("promise", re.compile(r"(?:알려|말해|들려|얘기해|이야기해|보여|보고해|남겨) ?(?:줄게|줄께|드릴게|줌)(?:요)?$")),
)  # fmt: skip
"""(cue, how the last clause ends)."""
_HOW = r"(?<![나저]한테 )(?<!우리한테 )(?<!왜 )뭐라(?:고)? ?(?:말|하[지나면냐]|하고 (?=거절|말|답|나가|끊|보내)|거절|할(?!까 ?봐)|답|보내|써|쓰|시작|물어|꺼내|해야|짓|지을|붙)|어떻게 (?:말|꺼내|꺼낼|얘기|이야기|시작|물어|거절|사과|답장|부탁)|말을? 어떻게|첫 ?마디"
"""Asks what to say; "왜 저한테 뭐라 하냐고요" tells of a scolding."""
_SAID_IN = (
    ("say_title", re.compile(r"제목|(?:이름|별명|닉네임|태명|상호)\S* (?:\S+ )?(?:뭐라|어떻게)")),
    ("say_meet", re.compile(r"소개팅|상견례|첫 ?인사|첫 ?마디|첫 ?문자|첫 ?톡|처음 ?(?:보|만나)|사위|예비|썸남|썸녀")),
    ("say_card", re.compile(r"청첩장|축사|카드|편지|롤링|방명록|인사말|문구|현수막")),
    ("say_stage", re.compile(r"발표|면접|자기 ?소개|스피치|사회자|건배사|연설|강의|문장")),
    ("say_reply", re.compile(r"리뷰|답글|댓글|손님|고객|민원|컴플레인|보호자|학부모|항의")),
)
"""(cue, what the first words stand in): a wedding card is opened otherwise than a talk with the boss."""
_ASKS = (
    ("howsay", re.compile(_HOW)),
    ("first", re.compile(r"(?:뭐|무엇|어디서|어디)부터|(?:뭘|뭐|무엇을) 먼저")),
    ("doubt", re.compile(r"(?:갈|살|볼|할|먹을|입을|보낼|쓸|배울|쉴|탈|나갈|지울|팔|줄|걸|올릴|만날|시킬|뜰|켤)까 ?말까|(?:갈|살|볼|할|뜰|탈|줄)지 ?말지|(?:해|가|봐|사|먹어|줘|와|써|걸어|보내)\??\s?말[아어](?:\?|$)")),
    ("whatif", re.compile(r"면 ?(?:어떡[하해]|어쩌[지나냐]|어째|어떻게 ?(?:하지|해)$)")),
    ("howabout", re.compile(r"(?:색|옷|머리|선물|메뉴|이름|문구|문장|제목|순서|날짜|장소|면|로) ?괜찮을까|이 ?정도면 ?(?:돼|되[나냐죠]|됐|됨|괜찮|충분)\S*\??$|(?:까|면|거|건|게|데|이거|이건|이렇게) ?(?:(?:싶|하)(?:은|는)데 ?|하는 ?거 ?|하는 ?건 ?)?(?:어때|어떨까|어떤 ?거 ?같|어떻게 생각|괜찮지|괜찮겠지)")),
    ("may", re.compile(r"(?:이런|그런|저런) ?(?:거|것|걸로)도? ?(?:되[나냐]|돼|됨|될까)(?:요)?\??$|(?:(?<![가-힣])가|(?<!용)해|쉬어|말해|걸어|물어봐|물어 봐|보내|놀아|불러|줘|얘기해|부탁해|나와|빠져|가르쳐|입어|데려가|초대해|시켜|혼자 ?가)도 ?(?:돼|되[나지]|되냐(?:고)?(?:요)?\??$|될까|되겠|되려나|됨|괜찮을까|괜찮겠)")),
    ("hope", re.compile(r"(?:잘|무사히) ?(?:되|될|하|할|볼|풀리|풀릴|지내|넘기)\S*(?:겠지|까|려나)|별일 ?없|가능(?:할까|하다고|하겠)|그린라이트|괜찮(?:겠지|을까|아지겠지|아질까)|(?:붙을|붙겠|합격|성공할|성공하|나아질|이길|이기|해낼|할 ?수 ?있)\S*(?:겠지|까)")),
    ("toomuch", re.compile(r"(?:^|\s)(?:내가|제가|나|나만|저) (?:(?:좀|너무|진짜|괜히|혹시) ){0,3}(?:심했|심한|예민|과했|과한|오버|오바|나빴|나쁜|유난|까칠|쪼잔|속 ?좁|이기적|못됐|못된|매정|야박|지나쳤|너무했|너무한|화 ?[냈낸])\S*(?: ?(?:거|건|것)\S*)?(?:나|까|지|가|냐|야)(?:요)?\??$")),
    ("seems", re.compile(r"(?:^|\s)(?:좀|너무) (?:그런가|그럴까|그렇나|그렇겠지)(?:요)?\??$|(?:진상|유난|오[버바]|민폐|이상|없어 ?|싸 ?|촌스러워 ?|부담|성의 ?없어 ?|찌질|쪼잔|꼰대|예의 ?없어 ?|건방져 ?)(?:하게|스럽게|스러|처럼|같아)? ?(?:보이려나|보일까|보이나|보이겠지|같을까|같나|같으려나|인가|일까|이려나|스러울까|하려나)(?:요)?\??$|(?:^|\s)너무 (?:세|과하|튀|적|작|짧|길|심심하)(?:나|려나)(?:요)?\??$")),
    ("fear", re.compile(r"(?:보이|느껴지|들리)\S*(?:나요?|냐|까|지 않\S*)\??$|(?:나|내가|제가|저) (?:\S+ ){0,3}(?:안 ?맞나|못난|잘못한|이상한|예민한)|(?:화[난났]|삐[진졌]|싫어하|미워하|늦[은었]|이상[한하]|예민|망[한했]|잘못|싫[은어증]|질[린렸]|차[인였]|실수|바보|한심|오해|무시)\S*(?: ?(?:거|건|것|게))? ?\S*(?:겠지|걸까|건가|거지|맞지|같[아지]|을까|나|일까|인가)")),
    ("howdo", re.compile(r"(?:^|\s)(?:나 )?(?:이제 |진짜 |이거 |이걸 )*(?:어떡[하해]|어쩌[지나냐면]|어째)")),
)  # fmt: skip
"""(cue, what the asking clause holds)."""
_HER = r"(?:^|\s)(?:너|넌|너는|너도|네가|니가|너라면|너 ?같으면|자네|당신|(?:오)?로라(?:야|씨|님)?(?:는|도|가)?)(?:\s|$)"
_WONDERS = (
    ("ask_her", re.compile(rf"{_HER}|^(?:혹시 )?(?:진짜 )?(?:사람|AI|ai|로봇)(?:이야|이에요|이세요|인가요|예요|야)\??$|누가 만들|(?i:lora)")),
    ("ask_rec", re.compile(r"추천|(?:뭐|뭘|무엇|어디|어떤|무슨)\s?(?:가|를|로|거|것)?\s?(?:\S+ )?(?:좋|없|있|먹|해 ?먹|입|볼까|볼지|사지|살까|하지|할까|갈까|가지|보지|읽)|(?:맛집|영화|책|선물|메뉴|노래|게임|데|곳|거|것)[가이]?(?: 좀)? (?:없|있)")),
    ("agree", re.compile(r"(?:귀엽|귀여|예쁘|이쁘|맛있|재밌|재미있|웃기|웃긴|좋|멋|잘했|대박|신기|낫|착하|똑똑)\S*(?:지|죠|지요|않냐|않아|잖아|겠지)\??$|(?:우리 (?:친구|한 ?편)|내 ?편|잘 ?한 ?(?:거|것)) ?맞(?:지|죠)(?:요)?\??$")),
)  # fmt: skip
"""(cue, what the asking clause holds) of questions for which she knows no answer; to any other she says so (asked0)."""
_STRICT = re.compile(r"\?$|(?:(?<!니)까|까요|(?<![머언])니|냐|나요|(?<=[" + CLOSED_N + r"])가요|는가|어때|뭐야|뭘까|을래|습니까|겠나|려나|뭐하지|하지|추천|알려|물어 ?본 ?(?:건데|거야|거임)|물어봤잖아|달라고|달라)(?: 좀)?$|(?:습니까|집니까|합니까|나요|세요)$|걸리나$")
"""How a clause ends that asks; a word like 뭐 further back asks nothing: "뭐라 하더라"."""
_TELLS = re.compile(r"(?:안|못) ?나요$|[더다라]라고?$|거든(?:요)?$|[더라]구요$|(?:네|다|대|래|함|음|임)(?:요)?$")
_BARE = re.compile(r"^(?:그래서 )?(?:너는|넌|로라는|니가|네가|네|니)? ?(?:보기엔|생각은|생각엔)? ?(?:어떻게 생각(?:해|하[세시]|합)\S*|어때\S*|어떤가\S*)\??$|^(?:(?:한마디만|하나만|한 줄만|좀|빨리|그냥|니가|네가|너가) )*(?:알려|말해|골라|정해|도와|대답해) ?(?:줘|줄래|주라|봐)\S*$")
"""Asks what she thinks of what stands before it, or for an answer to it."""
_DOCTOR = re.compile(r"(?:병원|응급실|119|의사|약국|동물 ?병원)\S* (?:\S+ )?(?:가야|가 ?봐야|전화|데려가|물어|가 ?볼까|갈까|가는 ?게)|삼[켰킨켜키]\S*(?: ?(?:거|건가|걸까)\S*)?\?*$")
"""Whether to see or call a doctor: yes is never wrong."""
_EITHER_WAY = re.compile(r"[까지] ?말[까지]")
_ASKS_TOO = re.compile(r"도 ?되[겠겄](?:지|죠)(?:요)?$|냐고$|좀 그런가(?:요)?$|(?:^|\s)(?:내가|제가|나만|저만) (?:\S+ ){0,3}\S*(?:[한쁜된긴낸]가|건가|[했냈였쳤빴됐]나)(?:요)?$")
"""Asks though it ends like what is told: "비싼 거 시켜도 되겠지", "시켜도 되냐고", "내가 심했나"."""
SAYS = frozenset({"howsay", *(name for name, _ in _SAID_IN)})
"""Cues of what to say."""
_SAFE_TO_ASK = SAYS | {"first"}
"""Cues that answer in matters of the body too: no line of theirs decides what a doctor decides."""
_BIG = re.compile(r"그만[둘두]|관[둘두]|때려|퇴사|사표|이직|이사[를갈할]|결혼|파혼|휴학|복학|자퇴|유학|전과|전공|가격[을이]|값을|알바를? ?(?:줄|늘|그만)|(?:집|가게|회사|직장|학교)를? ?(?:옮|접|내놓|나가)|말을? ?하는 ?게|차를? ?(?:살|바꿀)")
"""What weighs too much for a yes by chance."""
_FRAIL = re.compile(r"강아지|고양이|멍멍|냥이|콩이|아기|애기|아가|먹|낑낑|숨|다쳤|잎")
"""Who cannot say what hurts, and what was eaten: no line decides that either."""
_AFTER = 14
"""Letters of what may stand behind a question that is still the matter."""
_SETTLES = re.compile(r"(?:야지|야겠[다어]|려고|기로 ?했[어다]|할 ?예정)(?:요)?$|(?:^|\s)(?:그냥|걍|일단|그럼|됐고) .*[간본]다$|(?:(?:나|난|나는|내일|오늘|이따) .*(?:할|갈|볼|먹을|살|쉴|쓸) ?거(?:야|임))$|(?P<l>(?![달말])[가-힣])(?:게|께|라고|라구|란다)(?:요)?$")
"""A decision told; what stands before 게, 라고 and 거 must close with ㄹ: 물어볼게, 할라고."""
_WILLS = re.compile(rf"(?:^|\s)(?:나|난|나는|나도|이제|그냥|걍|일단|오늘은) .*[{CLOSED}]래$")
"""이제 유튜브 볼래: wills, asks nobody."""
_MOODS = (
    ("disagree", r"싫대|안 ?된대|안 ?된다고|반대[한하]|말리[더네]|하지 ?말래|가지 ?말래|안 ?좋아(?:하[더네]|함|해)$|뭐라 ?(?:그래|하네|하더|해)"),
    ("tears", r"눈물(?!도 안)|(?<![가-힣])울었|울컥|(?<![가-힣])울 ?뻔|슬[프퍼펐]|엉엉|펑펑 ?울"),
    ("lonely", r"외로|외롭|적적|허전|쓸쓸|말할 ?사람|대화를? 못|혼자 (?:먹|있으|사니|지내)"),
    ("shame", r"창피|민망|쪽팔|망신|부끄러"),
    ("hurt", r"(?<!무)서운|섭섭|속상|상처|나만 ?(?:빼고|몰|이러)|몰라줘|무시"),
    ("angry", r"(?<![가-힣])화(?:가 )?[나났]|열 ?받|혈압 ?이? ?올|짜증|빡[치쳤]|어이[가 ]?없|황당|얄미|괘씸"),
    ("behind", r"뒤처|뒤쳐|나만 ?(?:그대로|못|안|제자리)|부럽|부러[워운웠]|한심|자괴|비교[되돼]"),
    ("miss", r"(?:걔|무|엄마|아빠|이|가|자꾸|많이|진짜|고|니) 보고 ?싶|그립|그리[워운]"),
    ("anxious", r"불안|걱정|무서[워웠움운]|무섭|떨[려리린]|긴장|겁(?:이|나서|나[요네]|난다)|(?:못|안|혼|망|싸|틀|떨어|놓치|잊|늦|넘어|잘)\S*까 ?봐|까 ?봐(?:서)? ?(?:무서|걱정|불안|겁|떨|쫄|벌써|심장)|자신이? ?없|막막|지킬 수 있을지|갈까 모르"),
    ("sick", r"아프|아파(?!트)|쑤[시셔]|시큰|(?<![가-힣])결[려리]|(?:얼굴|손|발|다리|눈|목|무릎|발목|편도)\S* (?:퉁퉁 )?부었|욱신|칼칼|몸살|시원찮|뻐근"),
    ("tired", r"피곤|지[쳐친쳤]|녹초|야근|몸이 ?안|기운이? ?없|힘들[어다었]|힘드[네네]|(?:시간|종일|내내) ?\S* ?서 ?있|밤[을 ]?새|졸려"),
    ("money", r"비싸|비쌌|(?:값|월세|전세|금리|물가)[이가도]? ?(?:또 )?올[랐라]|빠듯|돈이? ?(?:없|모자)|만 ?[가-힣]*원(?:이[야여다]|임|이래)|적자|등록금"),
    ("busy", r"바[쁘빠빴]|시간이? ?(?:없|모자(?!라서 \S+ \S*(?:찍|못 ?풀)))|정신이? ?없|마감(?!하고|까지 ?(?:봤|했)|했|청소|하러|시간 ?지)|산더미"),
    ("fail", r"망[했함한쳤]|(?<![이가도] )떨어(?:졌[어다음네]|짐|뜨렸|뜨림)|[를을] 졌|(?<![가-힣])졌[어다음]|(?<!기가 )막[혀힘혔]|실수|틀렸|안 ?외워|실패"),
    ("relief", r"다행|별거 ?아니|괜찮대|괜찮다(?:고|더)|풀렸|한시름|멀쩡|낫다$|나아졌|해 ?준다(?:고|더)"),
    ("proud", r"해냈|붙었|(?<!불)합격(?!했다고)|칭찬 ?(?:받|들)|(?<![가-힣])다 ?(?:했[어다음]|끝[냈났])(?!다니까|다고)|성공|뿌듯|자신 ?있(?!는)|1등|일등|만점"),
    ("joy", r"신[나난]|설[레렌]|기대[돼된되]|행복|너무 ?좋|놀러 ?(?:온|오기)"),
    ("cute", r"귀[여엽]|이[쁘뻐]|예[쁘뻐뻤]|사랑스"),
    ("stuck", r"애매|고민|갈팡질팡|망설|(?:해야|가야|어떻게|어쩌면|뭘|뭐가)\S* .*모르겠[어다네]"),
)  # fmt: skip
"""(cue, words that show it), what weighs more first."""
_MOODS_IN = tuple((name, re.compile(pattern)) for name, pattern in _MOODS)
_LAUGHS = re.compile(r"ㅋ{3,}|웃[겨겼기긴]")
_CRIES = re.compile("[ㅠㅜ]")
_LACKS = re.compile(r"(?:없|못|안)\S{0,4}(?:는데|은데|네|어|음|다)[ㅋㅎ.!~\s]*$")
"""Told with a laugh, and nothing to laugh at: "다음 계획이 없는데 ㅋㅋㅋ"."""
_FUNNY = re.compile(r"ㅋ{3,}[ㅋㅎ.!~\s]*$|웃[겨겼기긴]")
_LIGHT = frozenset({"disagree", "sick", "money", "busy", "fail", "relief", "proud", "joy", "cute", "stuck", "shame", "miss"})
"""Moods that may be told laughing; comfort for the others does not suit one who laughs."""
_OWN = frozenset("tired busy sick anxious lonely shame behind proud fail stuck money".split())
"""Moods that are the user's only if nobody else is named before them, nor a time long past: "친구들은 다 바빠서"."""
_OF_OTHERS = re.compile(r"(?:친구|동기|애|걔|얘|쟤|다들|사람들?|동생|언니|누나|오빠|형|엄마|아빠|남편|와이프|아내|집사람|남친|여친|상사|팀장|사장|선배|후배|할머니|할아버지|강아지|고양이|콩이|가게|옆\S+)(?:들)?(?:님|도|가|이|는|은)? |예전")
_PAST = re.compile(r"^[가-힣 ]{0,8}[었았했뒀였갔왔]던 ")
NEAR = 12
"""Letters before a word in which somebody else named is the one it is said of."""
_MINE = re.compile(r"(?:^|\s)(?:나만|나도|내가|나는|난|저만|저도|제가|저는) ")
_NOT_SO = re.compile(r"(?:걱정|긴장|불안|겁|무섭|서운|화|짜증|떨리는)\S* (?:일이 |이 |가 )?(?:안|없|아니)|하나도 안(?! ?[했해함한하할])|전혀 안|적이? ?없|(?:합격|1등|성공|칭찬|해내)\S* (?:못|안)|(?<![가-힣])(?:안|못|덜|별로) (?:예|이쁘|귀|힘들|지[치쳤]|무서|무섭|아프|비싸|피곤|슬프|외로|바쁘|귀여|설레|신나)|(?:지|진|지는|지도) ?(?:않|안)|없어[져졌]|괜찮아졌|(?:피곤|졸음|화|짜증|걱정|긴장)\S* (?:싹 |다 |좀 )?(?:가[시셨]|풀[리렸]|날아)")
_TURNS = re.compile(r"\S{0,2}(?: ?하[셨시]|했)?(?:는데|은데|지만|다가)(?:\s|$)")
"""What was good before it turned: "나는 너무 좋았는데 다들 별로래"."""
_TURNED = frozenset({"joy", "proud", "relief", "cute", "fail", "disagree"})
"""Moods that are none where it turned: 좋았는데 별로래, 틀렸는데 아무도 몰랐어, 안 된다고 하셨는데 고쳐졌어."""
_MOVED = re.compile(r"고마[워웠]|사랑[해한]|고맙|감동|기[뻐쁘]|좋아서|(?:처음|첨)으로|축하|답장 ?(?:왔|옴)")
"""Tears of joy, which want no comfort."""
CUES = frozenset({name for name, _ in (*_LEAVES, *_SAID_IN, *_ASKS, *_WONDERS, *_MOODS)} | {"settle", "thanks_on", "weigh", "funny", "doctor"})
_THANKS = re.compile(r"^(?:\S+ ){0,5}(?:고마[워웠](?!하)\S*|고맙(?!단|다는|다고)\S*|감사(?!하는|해하)\S*)(?: \S{1,4}){0,2}$|(?:말|얘기|털어놓)\S*니까 .*(?:낫|나아|풀|시원|웃|편)\S*$")


def leaving(message: str) -> str:
    """bye_sleep, bye_go or promise if the last words take leave, "" if none does: whatever else was told, they want a farewell."""
    if grave(message):
        return ""
    parts = _parts(message)
    for part in reversed(parts[-2:]):
        for name, pattern in _LEAVES:
            if (found := pattern.search(part)) and (_CALLED_AWAY.search(part) or not _elsewhere(part, found.start())):
                return name
        if len(part) > 12:
            return ""  # only a short farewell may stand behind the one that tells which: "자야겠다 … 너도 쉬어"
    return ""


def _elsewhere(part: str, at: int) -> bool:
    """Whether another day or somebody else stands just before what takes leave."""
    before = part[max(0, at - NEAR) : at]
    return bool(_NOT_NOW.search(before) or (_WHO.search(before) and not _PROMISED.search(part)))


def _asked(parts: Sequence[str]) -> str:
    """The last of `parts` that asks, "" if none does."""
    return next((part for part in reversed(parts) if asks(part) or _EITHER_WAY.search(part) or _ASKS_TOO.search(part)), "")


def asking(message: str) -> str:
    """The cue of the last clause that asks something, "" if there is none or what it asks is not hers to say."""
    parts = _parts(message)
    asked = _asked(parts[-3:])
    if not asked or (grave(message) and not _DOCTOR.search(asked)):
        return ""
    if _BARE.search(asked):
        asked = " ".join(parts[-3:])
    if _DOCTOR.search(asked):
        return "doctor"
    if _BIG.search(asked) and weighs(asked):
        return "weigh"
    if HARM.search(message):
        return ""
    found = next((name for name, pattern in _ASKS if pattern.search(asked)), "")
    if found == "howsay":
        found = next((name for name, pattern in _SAID_IN if pattern.search(" ".join(parts[-2:]))), found)
    if asked.endswith("냐고") and found not in SAYS and not (found == "may" and message.startswith("아니 ")):
        return ""  # told of somebody who asked
    return "" if found not in _SAFE_TO_ASK and (BODY.search(message) or _FRAIL.search(asked)) else found


def question(message: str) -> str:
    """The last clause that asks something, by how it ends; "" if none of the last two does."""
    return next((part for part in reversed(_parts(message)[-2:]) if _STRICT.search(part) and not _TELLS.search(part)), "")


def wondering(message: str) -> str:
    """The cue of a question that nothing answers, what she can say to every such question; "" if the last words ask nothing.
    A fear is no opinion to share: "이거 화난 거 맞지?" gets no yes."""
    asked, last = question(message), _parts(message)[-1]
    if not asked or (asked != last and len(last) > _AFTER):
        return ""
    if asking(message) == "fear":
        return "fear"
    return next((name for name, pattern in _WONDERS if pattern.search(asked)), "asked0")


def settled(message: str) -> bool:
    """The last clause tells what the user decided to do: "일단 내일은 sql만 파볼게"."""
    part = _parts(message)[-1]
    found = _SETTLES.search(part)
    if not found or asks(part) or HARM.search(part) or grave(message) or _OF_OTHERS.search(part) or _BIG.search(part):
        return False
    return not found["l"] or (ord(found["l"]) - 0xAC00) % 28 == 8


def mood(message: str) -> str:
    """The feeling that the last clauses tell, "" where no word shows one: the last clause's, else that of the one before."""
    if grave(message):
        return ""
    laughs = bool(_LAUGHS.search(message))
    for part in reversed(_parts(message)[-2:]):
        if _NOT_SO.search(part):
            continue
        found = next((name for name, pattern in _MOODS_IN if (shown := pattern.search(part)) and not (name in _OWN and _of_others(part, shown.start())) and not (name == "tears" and (_cries(part, shown.start()) or _MOVED.search(message))) and not (name in _TURNED and _TURNS.match(part, shown.end()))), "")
        if found:
            return "" if laughs and found not in _LIGHT else found
    return "funny" if _FUNNY.search(message) and not _CRIES.search(message) and not asks(message) and not _LACKS.search(message) else ""


def _of_others(part: str, at: int) -> bool:
    """Whether somebody else stands just before what shows a mood: "친구들은 다 바빠서"."""
    before = part[max(0, at - NEAR) : at]
    return bool(_OF_OTHERS.search(before) or _PAST.search(part[at:])) and not _MINE.search(before)


CRYING = 30
"""Letters before one who cries may be named."""
_CRYING = re.compile(r"(?:애|딸|아들|아기|친구|걔|얘|동생|언니|누나|오빠|형|엄마|아빠|남편|와이프|아내|남친|여친|할머니|할아버지)(?:님|들)?(?:이|가|은|는|도) (?!.*(?:때문|생각|앞에|보고|보다|[가-힣](?<=[아어해줘])서 )).*$|(?:애|딸|아들|아기)(?:가|이) $")


def _cries(part: str, at: int) -> bool:
    """Whether it is somebody else who cries: "엄마는 아무것도 모른다고 소리지르고 울었거든요"; what moves the user to tears may be another's."""
    before = part[max(0, at - CRYING) : at]
    return part.startswith("울", at) and bool(_CRYING.search(before)) and not re.search(r"(?:^|\s)(?:나|저|내가|제가|나도|나는) ", before)


def telling(message: str) -> str:
    """thanks_on, settle or the mood of a message that tells; "" for one that asks at its end."""
    parts = _parts(message)
    if _WILLS.search(parts[-1]) and not (grave(message) or HARM.search(parts[-1]) or _BIG.search(parts[-1]) or WHICH.search(parts[-1])):
        return "settle"
    if asks(parts[-1]):
        return ""
    if len(parts) <= 2 and _THANKS.search(parts[-1]):
        return "thanks_on"
    return "settle" if settled(message) else mood(message)


def _parts(message: str) -> Sequence[str]:
    """Its clauses without laughter and signs; a question mark stays."""
    return [" ".join(_SIGNS.sub(" ", part).split()) for part in clauses(heart(message))] or [message]
