"""The memory retriever: what it reads, what it leaves, and that chat's vectors are sentence-transformers' own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from finetune import calibrate, pairs
from ohlora_tui import embedder
from ohlora_tui.bases import BUNDLED
from ohlora_tui.errors import DataError, ModelError
from ohlora_tui.memory.retriever import Retriever
from ohlora_tui.pools import Pool
from ohlora_tui.records import Memory
from ohlora_tui.relevance import FEATURES, SIGNS, clocks, families, leads, overlap, relevance
from ohlora_tui.words import bare, bigrams, content, shared, stem, times, with_particle

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)
MEMORIES = [
    Memory(key, value, id=n)
    for n, (key, value) in enumerate(
        [
            ("내일 일정", "친구랑 카페 가기로 함"),
            ("좋아하는 음식", "떡볶이"),
            ("강아지 이름", "두부"),
            ("직업", "간호사"),
            ("알레르기", "새우"),
            ("오늘 날씨", "흐림"),
            ("사는 곳", "대전"),
            ("취미", "클라이밍"),
        ],
        1,
    )
]


@pytest.fixture(scope="module")
def bundled() -> Retriever:
    return Retriever.load(BUNDLED / "retriever")


def recalled(retriever: Retriever, message: str, memories: Sequence[Memory] = MEMORIES, **more: Any) -> list[str]:
    matrix = retriever.encode([m.text for m in memories])
    found = retriever.recall(message, memories, matrix, more.pop("keyword", {}), NOW, 3, lambda m, now: m.text, **more)
    return [r.text for r in found if r.used]


def test_a_plan_is_recalled_by_the_day_it_is_on(bundled: Retriever) -> None:
    assert recalled(bundled, "내일 뭐 입고 나가지?") == ["[내일 일정: 친구랑 카페 가기로 함]"]
    assert recalled(bundled, "내일 뭐 입고 나가지?", [Memory("내일 일정", "친구랑 카페 가기", id=1), *MEMORIES[1:]])


@pytest.mark.parametrize("message", ["안녕", "심심해", "너 몇 살이야?", "고마워", "로라야 뭐해?"])
def test_small_talk_recalls_nothing(bundled: Retriever, message: str) -> None:
    assert recalled(bundled, message) == []


def test_a_pinned_memory_is_always_read_and_runners_up_are_kept_unused(bundled: Retriever) -> None:
    memories = [*MEMORIES[:-1], Memory("취미", "클라이밍", id=8, pinned=True)]
    found = bundled.recall("안녕", memories, bundled.encode([m.text for m in memories]), {}, NOW, 3, lambda m, now: m.text)
    assert [r.memory.value for r in found if r.used] == ["클라이밍"]
    assert len([r for r in found if not r.used]) == 2


def test_a_memory_without_a_vector_is_found_by_its_words(bundled: Retriever) -> None:
    blank = np.zeros((len(MEMORIES), bundled.dim), np.float32)
    found = bundled.recall("두부 산책 시킬 시간이다", MEMORIES, blank, {3: 1.0}, NOW, 3, lambda m, now: m.text)
    assert found[0].memory.value == "두부"
    assert "두부" in found[0].words


def test_dates_are_weighed_as_they_read_today(bundled: Retriever) -> None:
    plan = [Memory("11월 23일 일정", "친구랑 카페", id=1)]
    found = bundled.recall(
        "내일 뭐 입고 나가지?", plan, bundled.encode([plan[0].text]), {}, NOW, 3, lambda m, now: "[내일 일정: 친구랑 카페]"
    )
    assert found[0].used and found[0].text == "[내일 일정: 친구랑 카페]"


def test_nothing_stored_recalls_nothing(bundled: Retriever) -> None:
    assert recalled(bundled, "내일 뭐 입지", []) == []


def test_a_lower_threshold_reads_more(bundled: Retriever) -> None:
    assert len(recalled(bundled, "매운 거 먹고 싶다", threshold=0.01)) >= len(recalled(bundled, "매운 거 먹고 싶다"))


def test_vectors_are_unit_rows_and_a_text_without_tokens_is_zero(bundled: Retriever) -> None:
    vectors = bundled.encode(["카페 가자", ""])
    assert vectors.dtype == np.float32 and vectors.shape == (2, bundled.dim)
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-5)
    assert not vectors[1].any()


def test_a_folder_without_a_model_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="검색 모델이 없어요"):
        Retriever.load(tmp_path)


@pytest.mark.models
def test_chat_and_sentence_transformers_see_the_same_vectors(bundled: Retriever) -> None:
    texts = ["내일 뭐 입고 나가지?", "[알레르기: 새우]", "ㅋㅋㅋㅋ 진짜?!", "Cafe 가자"]
    library = embedder.Library(BUNDLED / "retriever").encode(texts)
    assert np.abs(library - bundled.encode(texts)).max() < 2e-3


def test_the_log_names_every_source_with_its_licence() -> None:
    import json

    log = json.loads((BUNDLED / "retriever" / "train_log.json").read_text(encoding="utf-8"))
    assert all(source["licence"] for source in log["corpora"]) and log["losses"]["written"]["lines"]


def test_every_feature_has_a_sign() -> None:
    assert len(FEATURES) == len(SIGNS)


def test_time_words_agree_or_disagree() -> None:
    assert clocks("내일 뭐 입지", "[내일 일정: 카페]") == (1.0, 0.0, 1.0)
    assert clocks("어제 뭐 했더라", "[내일 일정: 카페]")[1] == 1.0
    assert clocks("오늘도 늦게 일어났네", "[오늘 일정: 카페]")[2] == 0.0


def test_a_family_is_shared_or_missed() -> None:
    assert families("점심 뭐 먹지", "[좋아하는 음식: 라면]") == (1.0, 0.0)
    assert families("점심 뭐 먹지", "[오늘 날씨: 비]") == (0.0, 1.0)


def test_numbers_and_counters_are_no_shared_words() -> None:
    assert overlap("하루는 왜 스물네 시간일까", "[커피: 하루 네 잔]")[1] == 0.0
    assert (
        overlap("우리 두부 어디 갔어", "[강아지 이름: 두부]") == (0.5, 1.0)
        or overlap("우리 두부 어디 갔어", "[강아지 이름: 두부]")[1] == 1.0
    )


def test_a_memory_among_equals_is_doubtful() -> None:
    assert leads(np.array([3.0, 3.0, -1.0])).max() == 0
    weights = np.ones(1)
    alone, crowded = (
        relevance(np.array([[2.0]]), weights, 0, (1, 1, 0)),
        relevance(np.array([[2.0], [2.0]]), weights, 0, (1, 1, 0)),
    )
    assert alone[0] > crowded[0]


def test_the_threshold_is_the_lowest_that_is_precise_enough() -> None:
    pools = [Pool(str(n), ("a", "b"), 0 if n < 9 else -1, (0.0, 0.0)) for n in range(10)]
    scores = [np.array([0.8, 0.1])] * 9 + [np.array([0.5, 0.1])]
    threshold = calibrate.choose_threshold(pools, scores)
    assert calibrate.report(pools, scores, threshold)["precision"] >= calibrate.AIM
    assert calibrate.report(pools, scores, 0.6) | {"pools_per_message": 0} == {
        "hit@1": 1.0, "mrr": 1.0, "precision": 1.0, "recall": 1.0, "false_fire": 0.0,
        "fired": 9, "n_messages": 9 // calibrate.DRAWS, "n_silent": 0, "pools_per_message": 0, "pool": 20,
    }  # fmt: skip


def test_a_bad_memory_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lines.tsv"
    path.write_text("data_type\tmemory\tmessage\tkind\ntrain\t[취미: 등산]\t\tplain\n", encoding="utf-8")
    with pytest.raises(DataError, match="2번째 줄"):
        pairs.read_lines(path)


def test_held_out_plans_are_asked_in_words_training_never_saw() -> None:
    held = {q for questions in pairs.HELD_QUESTIONS.values() for q in questions}
    assert not held & set(pairs.PLAN_QUESTIONS)


@pytest.mark.parametrize(
    ("noun", "particle", "whole"),
    [
        ("카페", "을", "카페를"),
        ("병원", "를", "병원을"),
        ("서울", "으로", "서울로"),
        ("민수", "이야", "민수야"),
        ("하준", "랑", "하준이랑"),
        ("민수", "이가", "민수가"),
    ],
)
def test_a_particle_follows_the_last_letter(noun: str, particle: str, whole: str) -> None:
    assert with_particle(noun, particle) == whole


def test_particles_calls_and_laughter_come_off() -> None:
    assert stem("카페에서") == "카페"
    assert bare("로라야 나 배고파ㅋㅋㅋ!!") == "나 배고파"
    assert bare("오로라 안녕!") == "안녕"
    assert content("나 내일 카페에서 친구랑 만나") == ["카페", "친구", "만나"]
    assert bigrams("카페에서") == {"카페"}
    assert times("담주 토요일에 보자") == {"다음 주", "주말"}
    assert shared("카페 가는 중", "[내일 일정: 카페]") == ("카페",)


def test_a_retriever_trained_here_recalls_in_chat_and_the_rows_keep_theirs(tmp_path: Path) -> None:
    import json
    import shutil

    from ohlora_tui import bases
    from ohlora_tui.conversation import Conversation
    from ohlora_tui.settings import Settings

    own = tmp_path / "models" / "retriever"
    shutil.copytree(BUNDLED / "retriever", own, ignore=shutil.ignore_patterns("general.safetensors"))
    calibration = own / "retriever.json"
    calibration.write_text(json.dumps(json.loads(calibration.read_text(encoding="utf-8")) | {"threshold": 0.123}), encoding="utf-8")
    conversation = Conversation(Settings(home=tmp_path))
    conversation.load(lazy=True)
    assert conversation._retriever.threshold == 0.123
    conversation.close()
    calibration.unlink()  # half trained: not to be trusted
    assert bases.retriever_folder(tmp_path / "models") == BUNDLED / "retriever"
