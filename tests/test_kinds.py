"""The kind of a message, and what suits all of its kind; other wordings and their file; weights with signs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from finetune import kinds, suits
from finetune.logistic import logistic
from finetune.wordings import read_lines, read_wordings
from ohlora_tui import embedder
from ohlora_tui.bases import BUNDLED
from ohlora_tui.dataset import read_rows
from ohlora_tui.errors import DataError, ModelError
from ohlora_tui.records import Turn
from ohlora_tui.written.kinds import Kinds
from ohlora_tui.written.suits import FEATURES, HARD, LATER, SOFT, Suits
from tests import banks

DATA = Path(__file__).parents[1] / "finetune" / "data"


@pytest.fixture(scope="module")
def model() -> embedder.Embedder:
    return embedder.load(BUNDLED / "retriever")


@pytest.fixture(scope="module")
def small(model: embedder.Embedder, tmp_path_factory: pytest.TempPathFactory) -> Kinds:
    return Kinds.load(banks.write([], model, tmp_path_factory.mktemp("kinds")), model)


def test_topic_and_act_are_told_from_words_and_marks(small: Kinds) -> None:
    told = small.guess(["오늘 점심에 김밥 먹었어", "저녁 뭐 먹을까?", "회사에서 또 혼났어"])
    assert [(k.topic, k.act) for k in told] == [("음식", "did"), ("음식", "advice"), ("회사", "bad")]
    assert all(k.topics.sum() == pytest.approx(1) and 0 < k.sure <= 1 for k in told)


def test_an_answer_of_the_kind_is_given_once_and_none_is_invented(small: Kinds) -> None:
    kind = small.guess(["국수 먹었어"])[0]
    first = small.answer(kind, Turn("국수 먹었어"), frozenset())
    assert first and first.answer.startswith("배가 든든하면") and first.expression and first.summary
    assert small.answer(kind, Turn("국수 먹었어"), frozenset({first.answer})) is None


def test_a_damaged_folder_is_one_sentence(model: embedder.Embedder, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="말 갈래"):
        Kinds.load(tmp_path, model)


def test_every_kind_of_the_bundled_answers_is_known_to_the_bundled_model(model: embedder.Embedder) -> None:
    bundled = Kinds.load(BUNDLED / "mini" / "rows", model)
    assert {topic for topic, _ in bundled.pairs} <= set(bundled.topics) and {act for _, act in bundled.pairs} <= set(bundled.acts)


def test_a_bad_line_of_answers_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("topic\tact\tanswer\tsummary\teyes_mouth_pose\n음식\tdid\t\t요약\t(눈 크게, 입 크게, 고개 돌림 없음)\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.tsv.*2번째"):
        kinds.joined(tmp_path)


def test_wordings_belong_to_written_first_messages_and_name_their_bad_line(tmp_path: Path) -> None:
    known = {(r.scenario, r.turn.message) for r in read_rows(DATA / "persona")}
    assert {(line.scenario, line.message) for line in read_lines(DATA / "wordings")} <= known
    (tmp_path / "w.tsv").write_text("scenario\tmessage\tact\twordings\ns\t배고파\t엉뚱\t\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"w\.tsv 2번째"):
        read_wordings(tmp_path)


def test_no_wording_stands_for_two_answers_of_different_splits() -> None:
    split = {(r.scenario, r.turn.message): r.split for r in read_rows(DATA / "persona")}
    seen: dict[str, str] = {}
    for line in read_lines(DATA / "wordings"):
        for text in (line.message, *line.wordings):
            assert seen.setdefault(text, split[line.scenario, line.message]) == split[line.scenario, line.message], text


def test_a_weight_may_only_pull_its_own_way() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 2))
    y = (x[:, 0] - x[:, 1] > 0).astype(float)
    (up, held), _ = logistic(x, y, [1, 1])
    assert up > 1 and held == 0
    assert logistic(x, y, [0, 0])[0][1] < -1


def test_shipped_weights_pull_the_way_they_may_and_beat_chance_on_messages_not_fitted() -> None:
    import json

    told = json.loads((Path(suits.__file__).parent / "suits.json").read_text(encoding="utf-8"))
    assert Suits.of(told).weights.shape == (len(FEATURES),)
    all_weights = told["weights"] | told["later"]["weights"]
    assert set(all_weights) == {*FEATURES, *LATER} and all(all_weights[name] * sign >= 0 for name, sign in suits.SIGNS.items())
    assert set(told["hard"]) == set(HARD) and not HARD & set(SOFT)
    assert told["valid"]["auroc"] > 0.7 and told["later"]["valid"]["auroc"] > 0.6


def test_a_surer_kind_is_likelier_to_suit() -> None:
    known = {"weights": dict.fromkeys(FEATURES, 0.0), "bias": 0.0, "threshold": 0.5, "kind": [0.8, 0.5, 0.2], "later": {"weights": dict.fromkeys(LATER, 0.0), "bias": 0.0}}
    found = Suits.of(known)
    assert found.general(0.9, 0.5) > found.general(0.3, 0.5) and found.logit(np.zeros(len(FEATURES))) == 0.0


def test_answers_that_were_cut_are_one_sentence(tmp_path: Path) -> None:
    rows = BUNDLED / "mini" / "rows"
    for name in ("kinds.json", "kinds.safetensors"):
        (tmp_path / name).write_bytes((rows / name).read_bytes())
    (tmp_path / "kinds.tsv.gz").write_bytes((rows / "kinds.tsv.gz").read_bytes()[:5000])
    with pytest.raises(ModelError, match="말 갈래를 읽을 수 없어요"):
        Kinds.load(tmp_path, embedder.load(BUNDLED / "retriever"))
