"""The embedder is taught by tenths, goes on bit for bit after a kill, and keeps what a pairs CSV says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from finetune import contrast, embedder, graded, tune
from ohlora_tui.errors import DataError
from ohlora_tui.kernel import Known
from ohlora_tui.records import Pair

PAIRS = [("[취미: 등산]", "산에 가고 싶다"), ("[알레르기: 새우]", "짬뽕 시켰어"), ("[직업: 간호사]", "나이트 끝났어"), ("[엄마: 미용실]", "파마하러 갈래")]
TEXTS = [t for pair in PAIRS for t in pair]


def small() -> tuple[object, np.ndarray]:
    tokenizer = embedder.train_tokenizer(TEXTS * 5, vocab=200)
    return tokenizer, np.random.default_rng(0).normal(size=(tokenizer.get_vocab_size(), 16)).astype(np.float32)


def run(tokenizer: object, table: np.ndarray, watch: contrast.Watch) -> np.ndarray:
    kinds = [contrast.Kind("lines", PAIRS * 8, 10, ["안녕", "뭐해"])]
    return contrast.contrast(table, tokenizer, kinds, rate=1e-2, batch=4, drop=0.2, seed=3, watch=watch)[0]


def test_a_killed_run_goes_on_bit_for_bit(tmp_path: Path) -> None:
    tokenizer, table = small()
    whole = run(tokenizer, table, contrast.Watch())

    def killed(part: int, losses: dict[str, float], score: float | None) -> None:
        if part == 5:
            raise KeyboardInterrupt

    state = tmp_path / "state.pt"
    with pytest.raises(KeyboardInterrupt):
        run(tokenizer, table, contrast.Watch(None, killed, state))
    assert np.array_equal(run(tokenizer, table, contrast.Watch(None, None, state, resume=True)), whole)


def test_without_a_checkpoint_nothing_is_resumed(tmp_path: Path) -> None:
    tokenizer, table = small()
    with pytest.raises(DataError, match="이어서 할 학습"):
        run(tokenizer, table, contrast.Watch(None, None, tmp_path / "state.pt", resume=True))


def test_the_best_tenth_is_kept() -> None:
    tokenizer, table = small()
    seen: list[np.ndarray] = []

    def judge(now: np.ndarray) -> float:
        seen.append(now.copy())
        return 1.0 if len(seen) == 3 else 0.0

    assert np.array_equal(run(tokenizer, table, contrast.Watch(judge)), seen[2]) and len(seen) == contrast.PARTS


def test_the_general_table_is_kept_in_eight_bits(tmp_path: Path) -> None:
    tokenizer, table = small()
    embedder.save_general(table, tmp_path)
    tokenizer.save(str(tmp_path / "tokenizer.json"))  # type: ignore[attr-defined]
    _, back = embedder.load_general(tmp_path)
    cosines = (back * table).sum(1) / np.linalg.norm(back, axis=1) / np.linalg.norm(table, axis=1)
    assert cosines.min() > 0.998


def test_known_pairs_speak_for_their_like_and_never_for_themselves() -> None:
    gold = np.array([[1.0, 0.0], [0.0, 1.0]])
    known = Known(("[취미: 등산]", "[직업: 간호사]"), ("산에 가", "나이트 끝"), gold, 0.05)

    def blind(texts: list[str]) -> np.ndarray:
        return np.zeros((len(texts), 2), np.float32)

    told = known.told(["[취미: 등산]"], ["산에 가", "나이트 끝"], blind)  # type: ignore[arg-type]
    assert told[0, 0] > 0.9 > 0.1 > told[0, 1]
    apart = known.told(known.memories, known.messages, blind, apart=True)  # type: ignore[arg-type]
    assert apart[0, 0] == pytest.approx(1.0)  # what the other pair says: (간호사, 나이트) belong together


def test_a_csv_teaches_its_best_pairs_and_is_refused_when_small(tmp_path: Path) -> None:
    found = [Pair("[가: 나]", "말", 0.9), Pair("[다: 라]", "말", 0.2), Pair("[다: 라]", "글", 0.4), Pair("[가: 나]", "글", 0.1)]
    assert tune.belonging(found) == [("[가: 나]", "말"), ("[다: 라]", "글")]
    path = tmp_path / "pairs.csv"
    path.write_text("memory_0,user_prompt_0,memory_1,user_prompt_1,similarity_score\n[가: 나],x,y,말,0.5\n", encoding="utf-8")
    with pytest.raises(DataError, match="1개뿐"):
        tune.checked(path)


def test_a_csv_of_its_own_grades_its_own_kind(tmp_path: Path) -> None:
    words = ["등산", "새우", "간호", "미용", "기타", "캠핑", "낚시", "야구", "요리", "독서"]
    pairs = [Pair(f"[취미: {a}]", f"{b} 이야기 {b}", 1.0 if a == b else 0.1) for a in words for b in words]

    def letters(texts: list[str]) -> np.ndarray:
        out = np.array([[w in t for w in words] for t in texts], np.float32)
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)

    told = graded.keep(tmp_path, pairs, letters)  # type: ignore[arg-type]
    assert "100쌍" in told and '"temperature"' in (tmp_path / "pairs.json").read_text(encoding="utf-8")


@pytest.mark.models
def test_any_transformer_base_is_taught_by_the_librarys_own_trainer(tmp_path: Path) -> None:
    from finetune import sbert
    from ohlora_tui.embedder import load

    seen: list[tuple[int, float | None]] = []
    watch = contrast.Watch(None, lambda part, losses, score: seen.append((part, score)), tmp_path / "out" / "checkpoints" / "state.pt")
    kinds = [contrast.Kind("lines", PAIRS * 20, 1), contrast.Kind("talk", [(b, a) for a, b in PAIRS] * 20, 1)]
    curve = sbert.train(str(tiny_bert(tmp_path / "base")), tmp_path / "out", kinds, lambda encode: float(encode(TEXTS).shape[0]), watch, seed=1)
    assert curve["all"] and seen and seen[-1] == (10, float(len(TEXTS)))
    vectors = load(tmp_path / "out").encode(TEXTS)
    assert vectors.shape == (len(TEXTS), 32) and np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_a_base_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    from finetune import sbert
    from ohlora_tui.errors import ModelError

    with pytest.raises(ModelError, match="불러올 수 없어요"):
        sbert.train(str(tmp_path / "nothing"), tmp_path / "out", [], lambda encode: 0.0, contrast.Watch(), seed=1)


def tiny_bert(folder: Path) -> Path:
    """A BERT of two layers over the letters of TEXTS: the shape of klue/roberta-base's kin, in kilobytes."""
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder.mkdir()
    letters = sorted({c for t in TEXTS for c in t if c.strip()})
    vocab = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters)]
    (folder / "vocab.txt").write_text("\n".join(vocab) + "\n", encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt"), do_lower_case=False).save_pretrained(folder)
    shape = BertConfig(vocab_size=len(vocab), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
    BertModel(shape).save_pretrained(folder)
    return folder
