"""What the last words of a message call for."""

from __future__ import annotations

import pytest

from ohlora_tui.written import cue, told
from ohlora_tui.written.choice import pick
from ohlora_tui.written.clauses import heart
from ohlora_tui.written.crisis import in_danger
from ohlora_tui.written.gravity import dark, grave, heavy, plain


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("고마웠어 이제 자러 갈게", "bye_sleep"),
        ("딸기는 손주가 좋아하는 거여~ 허리 아파서 그만 누울란다 너도 잘자", "bye_sleep"),
        ("앗 깼다 운다ㅋㅋㅋ 나 가볼게 밤에 또 얘기하자", "bye_go"),
        ("나는 이만 점심 먹으러 가야겠다", "bye_go"),
        ("갔다와서 후기 알려줄게", "promise"),
        ("내일은 일찍 자야겠다", ""),
        ("나 이제 영단어 외우러감", "bye_go"),
        ("됐다 나 훈련감", "bye_go"),
        ("헹궈야겄다 또 오마", "bye_go"),
        ("이번달 쉰다고 말해야겠다 씻고 잘래", "bye_sleep"),
        ("내일 지각하면 나 진짜 죽음ㅋㅋㅋ 잘자", "bye_sleep"),
        ("언제 잘래?", ""),
        ("7시 오픈이라 이만 자러 갑니다", "bye_sleep"),
        ("시금치 다 팔렸음 좋겠네 이제 불고기 재러 가요", "bye_go"),
        ("엄마가 밥먹으래 갔다올게~~ 오늘 카레래", "bye_go"),
        ("앞차 빠지네요 일하러 갑니다", "bye_go"),
        ("지금 주차장인데 이제 올라가 봅니다", "bye_go"),
        ("어 애 깼다 ㅠㅠ 가볼게요", "bye_go"),
        ("무릎에 파스나 붙이고 일찍 자야겠습니다", "bye_sleep"),
        ("내일 병원 가볼게", ""),
        ("어제 영화 보러 감", ""),
        ("엄마가 시장 보러 감", ""),
        ("친구가 여행 준비하러 간다", ""),
        ("나는 친구 만나러 간다", "bye_go"),
        ("아기는 이제 잔다", ""),
        ("내일 병원 갈게", ""),
        ("언제 놀러 가요", ""),
        ("저는 스트레스 받으면 걸으러 가요", ""),
        ("이번달 월세 맞추려면 네 번은 더 나가야됨", ""),
        ("나 이제 나가야돼", "bye_go"),
        ("이따 일어나서 허리 어떤지 말해줌", "promise"),
    ],
)
def test_a_farewell_at_the_end_of_a_later_message_is_heard(message: str, name: str) -> None:
    assert cue.leaving(message) == name


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("소개팅 첫마디 뭐라하면 좋을까?", "say_meet"), ("그림 밑에 제목도 붙여주고 싶은데 뭐라고 하면 좋을까요?", "say_title"), ("청첩장에 넣을 인사말을 뭐라고 써야할지 모르겠다구ㅋㅋ", "say_card"), ("첫 두문장? 뭐라고 시작하지", "say_stage"),
        ("사장님이 리뷰 답글을 저더러 쓰래요 뭐라고 써야 안싸우고 잘 넘어갈까요", "say_reply"), ("엄마한테 뭐라고 말하지", "howsay"), ("어떤 아저씨가 새치기해서 뒤에 분들 다 나한테 뭐라하고ㅠ", ""), ("근데 그걸 왜 저한테 뭐라하냐고요ㅠㅠ", ""),
    ],
)  # fmt: skip
def test_what_to_say_is_told_by_what_the_words_stand_in_and_a_scolding_asks_nothing(message: str, name: str) -> None:
    assert cue.asking(message) == name


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("엄마한테 뭐라고 말하지", "howsay"),
        ("추가비용 달라는 말을 어떻게 꺼내냐고", "howsay"),
        ("사람들 앞에서 뭐라 하니까 창피했어", ""),
        ("출국이 3월인데 그때까지 뭐부터 하지", "first"),
        ("과에 아는 사람 한 명도 없는데 친구 못 사귀면 어떡하지", "whatif"),
        ("발표를 실험 실패한 이유로 바꾸면 어떨까?", "howabout"),
        ("강릉 당일치기 혼자 가도 괜찮을까?", "may"),
        ("카페알바 2년 했는데 신입 교육도 내가 하고.. 이런것도 됨?", "may"),
        ("엄마 미안해 다음엔 잘볼게 << 이정도면 돼?", "howabout"),
        ("두부도 참치 먹어도 되나? 강아지ㅋㅋ", ""),
        ("소개팅 잘 되겠지?", "hope"),
        ("딱 그것만 보냄.. 화난거겠지?", "fear"),
        ("도서관 갈까 말까", "doubt"),
        ("퇴사할까 말까", "weigh"),
        ("알바를 줄여야 하나 고민이야 어떡하지", "weigh"),
        ("콩이가 잎을 좀 뜯어먹은 것 같아 어떡하지", ""),
        ("약 먹고 술 마셔도 될까", ""),
        ("고기 산대 비싼거 시켜도 되겠지", "may"),
        ("아니 고기 비싼거 시켜도 되냐고", "may"),
        ("점장님이 자꾸 알바해도 되냐고", ""),
        ("점장님이 자꾸 말해도 되냐고 뭐라함", ""),
        ("4만원 부르면 진상같아보일까", "seems"),
        ("손님들이 보면 좀 그런가", "seems"),
        ("그 사람 너무 이기적인가?", ""),
        ("애한테 소리를 질렀어요. 제가 너무 심했나요", "toomuch"),
        ("한마디 했는데 내가 너무 예민한가", "toomuch"),
        ("술 먹고 소리 질렀는데 내가 심했나", ""),
        ("선배들이 주면 뭐라고 하고 거절해야됨? 한마디만 알려줘", "howsay"),
        ("뒤에 분들 다 나한테 뭐라하고 번호표 다시 나눠줬어", ""),
        ("옥색 저고리인데 색 괜찮을까요?", "howabout"),
        ("엄마 괜찮을까", "hope"),
    ],
)
def test_what_is_asked_for_is_told_by_the_clause_that_asks(message: str, name: str) -> None:
    assert cue.asking(message) == name


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("일단 내일은 sql만 파볼게", "settle"),
        ("이제 유튜브 볼래", "settle"),
        ("엄마가 내일 온다고 하려고 해서", ""),
        ("나 이번 주까지만 하고 그만두려고", ""),
        ("들어줘서 고마워 ㅎㅎ", "thanks_on"),
        ("하루종일 어른이랑 대화를 못하니까 좀 외롭더라고", "lonely"),
        ("다른애들은 벌써 3회독이래 나만 뒤처진 기분 ㅠ", "behind"),
        ("친구들은 다 바빠서 전화하기가 그래", ""),
        ("걱정할 일이 아니라 좋은 소식이잖아!", ""),
        ("아직 멀어서 그런지 긴장이 안 돼요", ""),
        ("내가 자신 있는 건 장조림인데 오늘 다 남았어", ""),
        ("불합격이 이제 몇 번째인지", ""),
        ("혼자 있는 게 무서운 거야", "anxious"),
        ("아 진짜 불안하다 ㅋㅋㅋ", ""),
        ("손가락이 아파서 그만뒀던 기타야", ""),
        ("할머니가 돌아가셨어 눈물이 나", ""),
        ("나는 너무 좋았는데 다들 별로래", ""),
        ("한마디 했다가 엄마는 아무것도 모른다고 소리지르고 울었거든요", ""),
        ("애 때문에 나 어제 울었어", "tears"),
        ("엄마 생각나서 울었어", "tears"),
        ("친구가 위로해 줘서 울었어", "tears"),
        ("저 언니는 진짜 바쁘더라", ""),
        ("영화 보는데 눈물이 다 나더라", "tears"),
        ("중2 아들 때문에 혈압 올라ㅋㅋㅋ", ""),
        ("답장 왔다 아이고 눈물난다", ""),
        ("오 그건 좀 괜찮다 근데 다음 계획이 없는데 ㅋㅋㅋ", ""),
        ("할일이 아니라 다 끝났다니까 ㅠ", ""),
        ("낼 수학 쪽지시험인데 하나도 안함 망했다", "fail"),
        ("엄지를 척 해주는데 피곤이 싹 가시더라구요", ""),
        ("에구 안 지쳤어요", ""),
        ("한 음 틀렸는데 관객은 아무도 모르더라", ""),
        ("인터넷 안된다고 하셨는데 알고보니까 코드가 빠져있었음", ""),
        ("엄마가 안 된대", "disagree"),
        ("아들이 편지 끝에 사랑해요 라고 썼더라고. 그거 보고 울었네", ""),
        ("빵이름이 너무 많아ㅠㅠ 빵집이거든 ㅋㅋㅋ", ""),
        ("말하라고 말하지말라고", ""),
    ],
)
def test_a_feeling_is_taken_up_only_if_it_is_the_users_own_and_there(message: str, name: str) -> None:
    assert cue.telling(message) == name


GRAVE = (
    "그냥 뛰어내릴까", "유서 써볼까", "칼로 그어볼까", "차에 뛰어들까", "그 새끼 패버릴까", "불 지를까", "뺑소니 쳤는데 도망갈까", "타이레놀 열 알 먹을까", "항우울제 끊을까",
    "가슴이 조이는데 그냥 잘까", "낙태할까", "사채 쓸까", "도박 한 번만 더 할까", "남자친구가 목을 졸랐어 신고해야 하나", "죽음을 택할까", "내가 죽는 게 낫겠지?", "맞고 사는 게 낫지?",
    "시한부 판정 받았어", "우리 아기 천국에서 잘 지내고 있겠지", "뛰어내릴까 말까", "이제 그만 살아도 될까", "이제 다 놓아도 될까", "왼팔이 저리고 말이 어눌한데 괜찮을까",
    "더는 못 버티겠어 나 이제 간다", "한강 다리야 나 이제 간다", "다들 미안했어 이제 정말 안녕", "오빠가 또 술 먹고 물건 던졌어 무서워", "그냥 뛰어내릴래", "친구가 죽었대", "아빠가 죽은 지 일 년", "나 죽을까", "강아지가 죽는 꿈", "수면제 30알 먹을까", "부고 문자 받았어", "음주 운전 걸렸어", "숨이 안 쉬어져", "회사만 가면 가슴이 답답하고 숨이 막혀", "혈압 올라 병원 가야 되나", "사탕 먹다가 숨이 막혔어", "죽음이 뭘까",
)  # fmt: skip


@pytest.mark.parametrize("message", GRAVE)
def test_no_line_of_a_cue_and_no_pick_answers_what_is_grave(message: str) -> None:
    assert grave(message) and pick(message) is None and pick(message, cue.question(message)) is None
    assert (cue.leaving(message), cue.telling(message)) == ("", "") and cue.asking(message) in ("", "doctor")


@pytest.mark.parametrize("message", ["배고파 죽겠다 뭐 먹지", "귀여워 죽는 줄", "피자랑 치킨 중에 뭐 먹을까", "오늘 버스에서 넘어져서 창피했어", "당근 하다가 혈압 올라 죽는줄 알았네", "119까지는 아니고 ㅋㅋ", "약 먹는다고 할까", "지각하면 나 죽음ㅋㅋㅋ", "나 다음주에 제주도 간다", "남은 반죽으로 빵 만들러감", "이름은 두부고 두 살이야", "그냥 멍때리는 게 좋아", "배고파 죽음", "1은 안없어지고", "이제야 숨이 쉬어집니다", "수학 문제 더 내 줘", "된장찌개는 어제 먹어서요", "죽 끓여 먹었어", "심장 떨려 죽겠네", "미음 반 죽 반 섞어 볼게요", "이자만 한 달에 백만원이 넘어가니까 숨이 막힌다", "시댁 가면 눈치 보느라 숨이 턱 막혀", "중2아들때문에 혈압올라ㅋㅋㅋ", "엥 119는 왜ㅋㅋㅋ 진짜 혈압이 아니고", "죽이라도 끓여서 문앞에 놔둘까봐요", "문앞에 죽 놔뒀더니 가져갔네요"])
def test_everyday_words_are_not_grave(message: str) -> None:
    assert not grave(message)


@pytest.mark.parametrize(("message", "danger"), [("그냥 뛰어내릴까", True), ("유서 써 볼까", True), ("내가 죽는 게 낫겠지?", True), ("번지점프 뛰어내릴까 말까", False), ("고양이가 냉장고에서 뛰어내렸어", False)])
def test_a_leap_is_danger_unless_it_is_play(message: str, danger: bool) -> None:
    assert in_danger(message) is danger


def test_what_somebody_is_quoted_as_asking_is_not_asked_of_her() -> None:
    assert cue.wondering('미리보기로만 봤어요 "잘 지내? 아직 섬에 있어?" 이렇게 왔더라구요') == ""
    assert cue.wondering('"잘 지내?"') != ""


def test_a_fear_or_a_fact_is_nothing_to_say_yes_to() -> None:
    said = {"이거 화난거 맞지?": "fear", "내가 예민한 거 맞지?": "fear", "오늘 월요일 맞지?": "asked0", "우리 친구 맞지?": "agree", "나 잘한 거 맞지?": "agree", "이거 귀엽지?": "agree"}
    assert {message: cue.wondering(message) for message in said} == said


@pytest.mark.parametrize("message", ["나한테 괜찮냐고 물어본 사람이 없었어", "남편이 불러도 대답을 안 해", "회의에서 듣기만 했어", "면접에서 물어본 거 하나도 대답 못 했어", "엄마가 딸한테 할 말은 아니라고 생각해"])
def test_news_of_others_is_no_complaint_about_her(message: str) -> None:
    assert told.missed(message) is None and told.puzzled(message, "저녁은 뭘 먹을지 정했어?") is None


@pytest.mark.parametrize("text", ["ㅋ" * 5000, "가" * 5000, "나 이제 " * 1500, "너도 잘자 " * 1500, "까 말까 " * 1500, "그냥 " * 2500, "가나다! " * 1000, "가" * 5000 + "?"], ids=range(8))
def test_an_endless_text_is_read_at_once(text: str) -> None:
    import time

    began = time.perf_counter()
    for read in (cue.leaving, cue.asking, cue.telling, cue.wondering, pick, told.missed, grave):
        read(text)
    assert time.perf_counter() - began < 3


@pytest.mark.parametrize(("message", "ends"), [("옥상에 올라갈까", True), ("수면제 모으고 있어", True), ("남편이 때렸어", False), ("아버지가 치매래", False)])
def test_an_end_of_ones_own_is_told_from_other_grave_matters(message: str, ends: bool) -> None:
    assert grave(message) and dark(message) is ends


def test_what_is_quoted_is_not_said_to_her() -> None:
    assert heart('그럼 "죄송하지만 책상이 흔들려서요ㅠㅠ" 이렇게 쓰고 초콜릿 붙여놓을까봐요') == "그럼 이렇게 쓰고 초콜릿 붙여놓을까봐요"
    assert heart('친구가 "확 죽어버릴까" 이러는데 뭐라고 답해') == '친구가 "확 죽어버릴까" 이러는데 뭐라고 답해'
    assert heart('"잘 지내?"') == '"잘 지내?"'


def test_who_has_told_it_is_not_asked_what_it_is_about() -> None:
    asked = "무슨 일인데? 처음부터 말해 줘."
    assert told.asks_what(asked, "사장님은 8시까지만 하고 들어가라는데 더 할까") and not told.asks_what(asked, "나 큰일 났어")
    assert not told.asks_what("그건 속상했겠다.", "사장님은 8시까지만 하고 들어가라는데 더 할까")


@pytest.mark.parametrize(
    "message",
    [
        "돈 때문에 아빠가 돌아가시고 숨이 막혀", "시댁에서 남편이 때려서 숨이 막혀", "빚 때문에 약을 먹고 숨이 막혀", "아기가 돈까스 먹다 숨이 막혀", "원래 심장이 안 좋은데 숨이 막혀", "지하철에서 공황 와서 숨이 막혔어",
        "더위에 숨이 막히고 어지러워", "119는 왜 안 와", "119말고 택시 타고 갈까 애가 안 깨", "혈압 올라 어지러워", "아빠 혈압이 오르셨는데 말을 못해", "혈압이 오른대 200이래", "쥐약 사다 죽이나 보자", "콱 죽이나 하자", "엄마를 죽이라도 했냐",
    ],
)  # fmt: skip
def test_what_sounds_like_an_idiom_and_is_none_stays_grave(message: str) -> None:
    assert grave(message)


@pytest.mark.parametrize("message", ["학교 옥상에 사는 고양이 귀신 얘기야", "옥상에서 고추를 말려", "발등에 불 났어", "옷 찢어졌어", "물에 빠진 생쥐 꼴이야", "강아지 잃어버린 꿈 꿨어", "술 마시고 택시 탔어", "화면이 안 보여", "벨소리만 나도 심장이 덜컥합니다", "순자가 작년에 내 무릎 수술할때 죽도 끓여다 줬거든", "수술은 작년에 다 했고 지금은 멀쩡하다", "걍 한약먹는다 할게", "쌍꺼풀 수술 할까", "엄마 수술 잘 끝났어!", "입원했다가 오늘 퇴원했어", "나 암 것도 안 했어"])
def test_what_is_done_for_looks_or_well_over_is_not_grave(message: str) -> None:
    assert not grave(message)


@pytest.mark.parametrize(
    "message",
    [
        "커피가 맛있었어", "좋은 아침입니다", "때려치우고 싶어", "전봇대마다 인사하고 왔지ㅋㅋ", "보고서 마저 쓰러 간다", "낮에 소나기 맞았어", "내 답이 맞았어", "달은 왜 따라와?", "유산균은 언제 먹어?", "우산 살이 부러졌어", "숙제 답만 알려줘", "딸이 임신했대", "한숨을 쉬셔서", "피가 말라요", "귀칼 봤어?",
         "노트북에 커피를 쏟았어", "수학 92점 맞았어", "찍은 거 다 맞았어 ㅋㅋ", "길고양이가 자꾸 따라와", "배고파 죽음", "추워 죽을 것 같아", "연애 세포 다 죽은 듯ㅋㅋ", "손 스쳤는데 심장 터질 뻔",
        "주인공은 고양이 귀신인데 애들 반찬 훔쳐먹어ㅋㅋ", "웃긴 만화라니까 2화는 두부가 급식실 돈까스 훔치는 거야", "주인공이 죽었어 ㅠㅠ", "친구랑 게임하다가 나만 계속 죽었어", "사진 보내 드렸더니 하트를 보내심", "하트 보내는 건 이제 할 줄 알아요",
        "119?? ㅋㅋㅋ 고양이인데 119를 불러? 그냥 동물병원에 전화해서 물어볼게", "아니 119 말고 휴가 말 꺼내기가 눈치보인다 이말이지", "다리는 안저리다 40포기를 혼자 했다아이가", "한 3키로 뛰면 죽을거 같은데 한달 반이면 되려나",
    ],
)  # fmt: skip
def test_coffee_marks_stories_and_figures_of_speech_are_not_grave(message: str) -> None:
    assert not grave(message)


@pytest.mark.parametrize(
    "message",
    [
        "커피에 피가 섞였어", "애가 친구한테 맞았어", "두통약 두 알 먹어도 돼?", "누가 자꾸 따라와 무서워", "사람이 쓰러졌어", "임신했는데 무서워", "천국에 갔어", "도둑이 들었어", "힘들어 죽을 것 같아", "배가 아파 죽을 것 같아", "게임하다가 아빠가 때렸어", "모르는 남자가 따라왔어", "할머니 보내 드렸어", "영화 주인공처럼 죽고 싶어", "웹툰 보다가 손목 그었어",
        "커피를 네 잔 마시는데 그래서 심장이 뛰는 걸까요", "강아지가 죽었어", "나무에서 떨어져 죽었대",
    ],
)  # fmt: skip
def test_what_only_stands_beside_a_story_or_a_game_stays_grave(message: str) -> None:
    assert grave(message)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("아빠가 쓰러졌는데 강아지가 계속 짖어", "body"), ("강아지한테 물려서 피가 나", "body"), ("고양이 알레르기 때문에 숨이 차", "body"), ("토끼 같은 딸이 열이 나", "body"), ("우리집 개 경련해", "vet"), ("우리 고양이 암이래", "ward"),
        ("옆집에 불났어", "body"), ("두통약 열 알 먹었어", "body"), ("병원에서 더 할 게 없대", "body"), ("운전해야 되는데 술 마셨어", "grave"), ("엄마가 의식이 없어", "body"), ("머리 찢어졌어", "body"), ("애 잃어버렸어", "grave"), ("칼에 찔렸어", "grave"), ("술 취해서 운전했어", "grave"), ("불 질렀어", "grave"),
        ("내가 왕따시켰어", "grave"), ("집에 도둑 들었어", "grave"), ("교통사고 당했어", "grave"), ("치매가 있으신데 갑자기 내 이름을 부르시는거야", "ward"), ("수술했는데 갑자기 열이 나", "body"),
        ("할머니가 입원했는데 의식이 없어", "body"), ("수술 부위에서 고름이 나와", "body"), ("수술 전날 물 마셔도 돼?", "body"),
        ("해열제 먹인 지 두 시간 됐는데 또 먹여도 되나", "body"), ("왼팔이 저리고 말이 어눌한데 괜찮을까", "body"), ("엄마가 수술하고 열이 나", "body"),
        ("임신 7주래", "grave"), ("수면제 30알 먹을까", "grave"), ("할머니가 암으로 돌아가셨어", "loss"), ("맞아서 피가 나 남편이 때렸어", "grave"), ("강아지가 죽었어", "grave"),
        ("우리집 고양이가 아침부터 세번이나 토했어", "vet"), ("아버지가 다음 주에 수술하시는데 휴가를 어떻게 낼지 모르겠어", "ward"), ("할머니가 치매래", "ward"),
        ("오늘 아버지 기일이라 산소 다녀왔습니다", "loss"), ("강아지가 무지개다리를 건넜어", "loss"), ("장례식 잘 마치고 왔어", "loss"), ("돌아가신 아빠처럼 나도 사라지고 싶어", "grave"), ("돌아가시면 보험은 어떻게 돼?", "grave"), ("아내가 먼저 간 지 백일 되는 날이오", "loss"), ("할머니 돌아가시고 나서 나도 숨이 막혀 쓰러졌어", "grave"), ("형이 먼저 갔는데 응급실이래", "body"),
    ],
)  # fmt: skip
def test_what_a_doctor_knows_is_told_from_an_animals_trouble_a_long_illness_and_other_grave_matters(message: str, kind: str) -> None:
    assert grave(message) and plain(message) == kind


@pytest.mark.parametrize(
    ("written", "answer", "is_heavy"),
    [
        ("할머니 발인하고 왔어", "할머니 보내 드리고 왔구나… 많이 울었어도 다 괜찮아.", True),
        ("강아지가 죽었어", "네 하루가 텅 비었겠다.", True),
        ("할머니 보러 갔다 왔어", "할머니가 많이 반가워하셨겠다!", False),
        ("화분이 자꾸 죽어", "물 주는 때가 어긋난 경우가 많대.", False),
        ("사라지고 싶어", "내가 여기 있어, 지금 안전해? 109가 24시간 받아.", False),
    ],
)
def test_a_row_about_a_death_is_known_by_its_message_or_her_condolences(written: str, answer: str, is_heavy: bool) -> None:
    assert heavy(written, answer) is is_heavy
