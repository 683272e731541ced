"""What is done is read from the verb's form, whose deed it is from who stands before it; the most telling line answers."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from ohlora_tui.bases import BUNDLED
from ohlora_tui.dataset import packed, unpacked
from ohlora_tui.errors import ModelError
from ohlora_tui.records import Turn
from ohlora_tui.words import PARTICLE_PAIRS
from ohlora_tui.written import remarks
from ohlora_tui.written.askback import spoken
from ohlora_tui.written.inflect import forms
from ohlora_tui.written.predicates import Reader
from ohlora_tui.written.remarks import Remark, Remarks

READER = Reader("참다 듣다 사다 켜다 먹다 가다 나가다 사과하다 혼나다 그만두다 받다 싫다 울다 늘다 끝나다 자다 배우다 물어보다 춥다 하다 나아지다".split())
SHIPPED = BUNDLED / "mini" / "rows" / remarks.FILE
WRITTEN = Path("finetune/data/ask_back/remarks.tsv")


@pytest.mark.parametrize(
    ("clause", "verb", "mode"),
    [
        ("점심 먹었어", "먹다", "did"),
        ("밥 먹고 왔어", "먹다", "did"),
        ("일단 먹어 봤어", "먹다", "did"),
        ("약받아옴", "받다", "did"),
        ("혼났거든", "혼나다", "did"),
        ("라면 먹을 거야", "먹다", "will"),
        ("일단 자야지", "자다", "will"),
        ("나 먼저 잘게", "자다", "will"),
        ("집에 가려고", "가다", "will"),
        ("집에 가고 싶어", "가다", "want"),
        ("출근하기가 너무 싫어요", "싫다", "does"),
        ("먹기 싫다", "먹다", "loath"),
        ("밥 안 먹었어", "먹다", "not"),
        ("안나가", "나가다", "not"),
        ("더는 못 참겠어", "참다", "not"),
        ("애가 말을 안 들어", "듣다", "not"),
        ("그만둘 수가 없지요", "그만두다", "not"),
        ("요즘 그림이 안 늘어서요", "늘다", "not"),
        ("내일 가야 돼", "가다", "must"),
        ("돈이 만 원밖에 안 받았어", "받다", "did"),
        ("대낮에 나가 본 적이 없거든요", "나가다", "not"),
        ("병원 갔다올게", "가다", "will"),
        ("이따 갔다 왔어", "가다", "did"),
        ("벌써 먹었나", "먹다", "ask"),
        ("먹고 싶지 않아", "먹다", "not"),
        ("먹진 않았어", "먹다", "not"),
        ("안 갈 수가 없었어", "가다", "must"),
        ("갈 수밖에 없었어", "가다", "must"),
        ("먼저 사과를 해야 하나", "사과하다", "shall"),
        ("뭐라도 배워볼까", "배우다", "shall"),
        ("직접 물어봐도 괜찮을까요?", "물어보다", "shall"),
        ("벌써 먹었어?", "먹다", "ask"),
        ("집와서 울고", "울다", "does"),
        ("오늘 춥다", "춥다", "does"),
    ],
)
def test_the_form_tells_what_is_done(clause: str, verb: str, mode: str) -> None:
    assert (verb, mode) in [(s.verb, s.mode) for s in READER.read(clause, ("밥", "약"))]


@pytest.mark.parametrize("clause", ["가방이 예뻐", "나는 괜찮아", "하나만 줘", "먹을 밥이 이거야", "울산 사람이야", "막내가 웃겨", "하트가 왔네", "그런 건데", "시켰어", "사고 났어", "먹은 거 아니야", "먹는 중 아니야", "갔어야 했는데", "갔겠지", "울지 마", "안 먹고 싶어", "잠 설쳤어", "먹을 거 없어", "내일은 늘겠지", "밥 먹은 거 취소"])
def test_what_only_begins_like_a_verb_is_none(clause: str) -> None:
    assert [s for s in READER.read(clause) if s.last] == []


def _one(answer: str, verb: str, beside: str = "", mode: str = "any", who: str = "any", tone: str = "") -> Remark:
    return Remark(verb, tuple(filter(None, beside.split("|"))), mode, who, tone, answer, "말함, 받음")


BOSS = "팀장|부장"
TOLD_OFF = Remarks(
    [
        _one("{무엇} 말", "혼나다", BOSS, "did", "me"), _one("남이 {무엇}한테", "혼나다", BOSS, "did", "other"), _one("웃으며", "혼나다", BOSS, "did", "me", "ㅋ"),
        _one("아무 때나", "혼나다", BOSS), _one("학년", "이다", "고2|중3", who="me"), _one("동물", "-", "강아지|고양이"), _one("집에 갈까", "가다", "집", mode="shall"),
        _one("집에 감", "가다", "집", mode="did"), _one("구절", "-", "하트가 왔", "did"),
        _one("떨어졌네", "없다", "두부", "does"), _one("장 잘 봐", "-", "장 보러", "does"),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ("팀장님한테 혼났어", "팀장 말"),
        ("부장님한테 혼날까", "아무 때나"),
        ("후배가 팀장한테 혼났어", "남이 팀장한테"),
        ("우리 언니 팀장한테 혼났대", "남이 팀장한테"),
        ("후배가 실수해서 내가 대신 팀장한테 혼났어", "팀장 말"),
        ("나 오늘 팀장한테 혼났어 ㅋㅋㅋ", "웃으며"),
        ("나 고2야", "학년"),
        ("고2 ㅋㅋ", "학년"),
        ("강아지", "동물"),
        ("집에 갈까", "집에 갈까"),
        ("집에 갔더니 하트가 왔네", "구절"),
        ("집에 두부가 없어", "떨어졌네"),
        ("나 장 보러 가", "장 잘 봐"),
        ("하트가 왔길래 웃었어", "구절"),
        ("팀장한테 혼났어. 하 진짜", "팀장 말"),
        ("집에 가고 있었는데 팀장한테 혼났어", "팀장 말"),
    ],
)
def test_the_most_telling_place_answers(message: str, answer: str) -> None:
    found = TOLD_OFF.fitting(message)
    assert found and spoken(found.lines, Turn(message), frozenset(), found.thing).answer == answer


@pytest.mark.parametrize(
    "message",
    [
        "오늘 혼났어", "팀장한테 혼났으면 큰일인데 어떡해", "팀장한테 혼났는데 참았어", "고2 때 친구가 왔어", "저기 있는 건 고2야", "동생이 고2야", "불러주신고2", "ㅋㅋㅋ", "",
        "강아지 어떻게 해?", "강아지가 밥을 안 먹어", "집에 가지 말까", "집에 안 가도 돼", "집에 갔어야 했는데", "집에 간 거 아니야", "집에 가고 싶지 않아", "꿈에서 집에 갔어",
        "팀장한테 혼났어 근데 지금은 비가 많이 온다", "집에 두부밖에 없어", "날이 추워서 장 보러 가기도 싫어", "오늘 장 보러 가지 않아",
    ],
)  # fmt: skip
def test_what_no_line_is_for_gets_none(message: str) -> None:
    assert TOLD_OFF.fitting(message) is None


def test_what_was_said_is_not_said_again_while_another_line_is_left() -> None:
    two = Remarks([_one("하나 가는 말", "가다", "학교"), _one("둘 가는 말", "가다", "학교")])
    found = two.fitting("학교 갔어")
    assert found
    first = spoken(found.lines, Turn("학교 갔어"), frozenset()).answer
    assert spoken(found.lines, Turn("학교 갔어"), frozenset({first})).answer != first


def test_the_shipped_lines_are_the_written_ones_and_say_nothing_twice() -> None:
    assert unpacked(SHIPPED) == WRITTEN.read_text("utf-8")
    lines = [line.split("\t") for line in unpacked(SHIPPED).splitlines()[1:]]
    assert len({line[5] for line in lines}) == len(lines) > 1000


def test_every_shipped_line_is_read_and_a_long_message_takes_no_time() -> None:
    shipped = Remarks.load(SHIPPED)
    began = time.process_time()
    for message in ("가" * 5000, "나 어제 " * 1200, "먹고 자고 " * 1000, "ㅋ" * 5000):
        shipped.fitting(message)
    assert time.process_time() - began < 2.0


@pytest.mark.parametrize("text", ["", "verb\twith\n먹다\t\n", "verb\twith\tmode\twho\ttone\tanswer\tsummary\n먹다\t밥\t언젠가\tme\t\t말\t요약\n", "verb\twith\tmode\twho\ttone\tanswer\tsummary\n먹다\t\tdid\tme\t\t말\t요약\n"])
def test_a_damaged_file_says_where_it_lies(tmp_path: Path, text: str) -> None:
    path = tmp_path / remarks.FILE
    path.write_bytes(packed(text))
    if not text:
        path.unlink()
    with pytest.raises(ModelError, match=remarks.FILE):
        Remarks.load(path)


def test_a_file_that_was_cut_says_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / remarks.FILE).write_bytes(SHIPPED.read_bytes()[:2000])
    with pytest.raises(ModelError, match=r"remarks\.tsv\.gz .*손상"):
        Remarks.load(tmp_path / remarks.FILE)


POLITE = re.compile(r"(?:습니다|세요|어요|아요|해요|예요|에요|네요|지요|죠)(?=[.!?~ ]|$)")
QUOTED = re.compile(r"[\"“‘'][^\"”’']*[\"”’']")


def test_every_line_is_in_her_voice_and_every_slot_can_be_filled() -> None:
    known = {particle for pair in PARTICLE_PAIRS for particle in pair} | {"한테", "에", "도", "에서", "만", "까지"}
    for remark in (one for of_verb in Remarks.load(SHIPPED)._by_place.values() for one in of_verb):
        assert 10 <= len(remark.answer) <= 100 and 5 <= len(remark.summary) <= 40, remark
        assert not POLITE.search(QUOTED.sub("", remark.answer)), remark
        assert set(re.findall(r"\{무엇:([가-힣]+)\}", remark.answer + remark.summary)) <= known, remark
        assert remark.beside or "{" not in remark.answer + remark.summary, remark
        assert remark.verb in ("-", "이다") or forms(remark.verb), remark
