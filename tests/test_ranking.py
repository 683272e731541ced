"""The shortlist: which of the rows likeliest by themselves answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from finetune import ranking as fitting
from ohlora_tui import embedder
from ohlora_tui.bases import BUNDLED
from ohlora_tui.errors import ModelError
from ohlora_tui.records import Expression, Row, Turn
from ohlora_tui.written.bank import Bank
from ohlora_tui.written.kinds import Kinds
from ohlora_tui.written.ranking import FILE, SHORT, VECTOR, Ranking, shortlist, vectors
from ohlora_tui.written.rows import WrittenRows
from ohlora_tui.written.voice import Voice
from tests import banks

BUS = ("오늘 버스를 눈앞에서 놓쳤어", "눈앞에서 놓치면 더 약 오르지.")
LATE = ("버스를 또 놓쳤네", "정류장에서 손 흔들 틈도 없었겠다.")
CAT = ("고양이가 밥을 안 먹어", "하루 넘게 굶으면 병원에 데려가자.")


BEFORE = "사용자는 출근길이라 함, 로라는 버스인지 물음"
THEN = ("버스야 근데 놓쳤어", "다음 차까지 몇 분 남았어?")


def row(message: str, answer: str, before: str = "") -> Row:
    return Row(Turn(message, answer=answer, last_summary=before, summary="사용자는 이야기함, 로라는 들음", expression=Expression()), "train", message, "", 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return banks.write([*(row(*pair) for pair in (BUS, LATE, CAT)), row(*THEN, BEFORE)], embedder.load(BUNDLED / "retriever"), tmp_path_factory.mktemp("bank"))


@pytest.fixture(scope="module")
def rows(folder: Path) -> WrittenRows:
    model = embedder.load(BUNDLED / "retriever")
    return WrittenRows(Bank.load(folder, model), Kinds.load(folder, model))


def by(name: str, often: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)) -> Ranking:
    """A network that looks at one number alone."""
    inner = np.zeros((len(VECTOR), 1), np.float32)
    inner[VECTOR.index(name)] = 1
    one = np.ones(1, np.float32)
    return Ranking(np.array(often, np.float32), np.zeros(len(VECTOR), np.float32), np.ones(len(VECTOR), np.float32), inner, 0 * one, one, -one)


def voice(folder: Path, ranking: Ranking) -> Voice:
    fitting.write(ranking, folder)
    try:
        return Voice.load(folder, embedder.load(BUNDLED / "retriever"))
    finally:
        (folder / FILE).unlink()


def test_the_shortlist_is_likeliest_first_and_holds_nothing_said(rows: WrittenRows) -> None:
    found = shortlist(rows, Turn("버스 놓쳤어"), ("버스 놓쳤어",), "", frozenset(), spared=False)
    priors = [entry.prior for entry in found]
    assert 2 <= len(found) <= SHORT and priors == sorted(priors, reverse=True)
    left = shortlist(rows, Turn("버스 놓쳤어"), ("버스 놓쳤어",), "", frozenset({BUS[1]}), spared=False)
    assert BUS[1] not in [entry.candidate.row.turn.answer for entry in left]


def test_a_row_is_told_of_by_the_whole_message_and_by_its_clause(rows: WrittenRows) -> None:
    message, parts = "고마워! 버스를 눈앞에서 놓쳤어", ("고마워!", "버스를 눈앞에서 놓쳤어")
    key = rows.key_of(*BUS)
    x = vectors(rows, Turn(message), parts, "", "", [key], [0.25])
    told = dict(zip(VECTOR, x[0].tolist(), strict=True))
    assert x.shape == (1, len(VECTOR)) and told["by_part"] == 1 and told["last_part"] == 1 and told["often"] == 0.25
    assert told["part_logit"] > told["logit"] and told["later"] == told["last_answer"] == 0


def test_her_last_answer_counts_only_where_she_has_spoken(rows: WrittenRows) -> None:
    key = rows.key_of(*BUS)
    x = vectors(rows, Turn("버스 놓쳤어", last_summary="사용자는 출근길"), ("버스 놓쳤어",), "출근하는 길이야", BUS[1], [key], [0.0])
    told = dict(zip(VECTOR, x[0].tolist(), strict=True))
    assert told["last_answer"] == pytest.approx(1, abs=1e-3) and told["later"] == 1


def test_of_rows_as_likely_the_one_that_goes_on_from_this_very_turn_answers(rows: WrittenRows) -> None:
    alike = by("often")
    turn, parts, story = Turn("버스 놓쳤어", last_summary=BEFORE), ("버스 놓쳤어",), "출근하는 길이야"
    near = shortlist(rows, turn, parts, story, frozenset(), spared=False)
    chance, first = alike.likeliest(rows, turn, parts, story, "", near)
    other, _ = alike.likeliest(rows, replace(turn, last_summary="사용자는 출근길이라 함"), parts, story, "", near)
    assert len(near) >= 2 and first.candidate.row.turn.answer == THEN[1] and chance > other


def test_the_likeliest_of_the_shortlist_answers(folder: Path) -> None:
    message = Turn("오늘 버스 놓쳤어 ㅠㅠ")
    answers = {name: found.turn.answer for name, often in (("bus", (9.0, 0.0, 0.0, 0.0)), ("late", (0.0, 9.0, 0.0, 0.0))) if (found := voice(folder, by("often", often)).answer(message, frozenset()))}
    assert answers == {"bus": BUS[1], "late": LATE[1]}


def test_a_row_that_surely_suits_is_not_ranked(folder: Path) -> None:
    found = voice(folder, by("often", (0.0, 0.0, 9.0, 0.0))).answer(Turn(BUS[0]), frozenset())
    assert found and found.turn.answer == BUS[1]


def test_a_bank_without_a_ranking_goes_by_the_rows_own_probabilities(folder: Path) -> None:
    x = np.concatenate([listed((0.0,), (z,), ("",)).x for z in (-2.0, 0.0, 2.0)])
    assert Ranking.load(folder, 3).suits(x).tolist() == pytest.approx([0.119, 0.5, 0.881], abs=1e-3)


def test_a_ranking_of_other_rows_is_refused_in_one_sentence(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "rows.csv.gz").write_bytes((folder / "rows.csv.gz").read_bytes())
    fitting.write(by("prior"), tmp_path)
    assert Ranking.load(tmp_path, 3)
    (tmp_path / "rows.csv.gz").write_bytes(b"other rows")
    with pytest.raises(ModelError, match="다른 글 모음의 것"):
        Ranking.load(tmp_path, 3)
    (tmp_path / FILE).write_bytes(b"damaged")
    with pytest.raises(ModelError, match="읽을 수 없어요"):
        Ranking.load(tmp_path, 3)


def listed(worth: tuple[float, ...], logits: tuple[float, ...], answers: tuple[str, ...]) -> fitting.Shortlist:
    x = np.zeros((len(worth), len(VECTOR)), np.float32)
    x[:, VECTOR.index("prior")] = logits
    return fitting.Shortlist("train", False, x, np.array(worth, np.float32), answers)


ANSWERS = tuple(f"{thing} 얘기라면 밤새 듣겠다, 어디서부터 할래?" for thing in ("버스", "고양이", "시험", "라면"))


def test_what_is_learned_of_a_row_leaves_out_the_judgement_it_is_learned_for() -> None:
    lists = [listed((1.0, 0.0), (0.0, 0.0), ANSWERS[:2]) for _ in range(20)]
    often = fitting.Often(lists)
    good, bad = often.of(ANSWERS[:2])
    assert good > 0.2 and bad < -0.2
    odd = fitting.Often([*lists, listed((0.0, 0.0), (0.0, 0.0), ANSWERS[:2])])
    assert odd.own[-2] == pytest.approx(odd.own[0], abs=0.15)  # its own verdict, a 0 for a row else good, is not in it


def test_the_network_ranks_by_what_it_was_shown() -> None:
    rng = np.random.default_rng(1)
    lists = [listed(tuple(float(z > 0) for z in logits), logits, ANSWERS[:2]) for logits in map(tuple, rng.normal(0, 2, (300, 2)).tolist())]
    found = fitting.fit(lists, [s.x for s in lists], np.zeros(2, np.float32))
    low, high = found.suits(np.concatenate([listed((0.0,), (z,), ANSWERS[:1]).x for z in (-3.0, 3.0)]))
    assert low < 0.3 and high > 0.7


def test_a_fit_is_reported_on_lists_it_did_not_see() -> None:
    lists = [replace(listed((1.0, 0.0), (1.0, -1.0), ANSWERS[:2]), told=bool(i % 2)) for i in range(40)]
    told = fitting._told(lists)
    assert told["later_alone"]["shortlists"] == 20 and told["first_ranked"]["first"]["good"] == 1.0 and told["first_ranked"]["any_good"] == 1.0
