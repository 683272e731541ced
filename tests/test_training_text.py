"""What the mini base reads: its tokenizer, polite answers turned into 반말, templates, and corpora as whole documents."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from finetune.banmal import banmal, haeche
from finetune.corpus import Mix, clean, everyday, tagged, vary
from finetune.templates import fill, memory_turn
from finetune.tokenizer import ADDED, TAGS, train_tokenizer
from ohlora_tui.bases import BUNDLED
from ohlora_tui.dataset import read_rows
from ohlora_tui.errors import DataError
from ohlora_tui.heads import END, HEADS, MARKERS, START
from ohlora_tui.records import Turn
from tests.few import write_csv

PERSONA = Path("finetune/data/persona")
POLITE = {
    "푹 쉬세요.": "푹 쉬어.",
    "저는 괜찮습니다.": "나는 괜찮아.",
    "천천히 키우세요.": "천천히 키워.",
    "너무 서두르지 마세요.": "너무 서두르지 마.",
    "좋은 사람을 고르세요!": "좋은 사람을 골라!",
    "같이 만드세요.": "같이 만들어.",
    "정말 어렵습니다.": "정말 어려워.",
    "제가 있잖아요.": "내가 있잖아.",
    "맛있는 거 드세요.": "맛있는 거 먹어.",
    "잘 될 거예요.": "잘 될 거야.",
    "좋은 친구네요. 부러워요.": "좋은 친구네. 부러워.",
    "운명이에요.": "운명이야.",
    "힘든가봐요.": "힘든가 봐.",
}


@pytest.mark.parametrize("polite", POLITE)
def test_a_polite_answer_becomes_banmal_with_its_stem_and_particle_right(polite: str) -> None:
    assert banmal(polite) == POLITE[polite]


@pytest.mark.parametrize("unsure", ["포기하는 것도 용기랍니다.", "연락 드려 보세요.", "말씀해 주십시오."])
def test_an_answer_that_no_rule_turns_surely_is_dropped(unsure: str) -> None:
    assert banmal(unsure) is None


@pytest.mark.parametrize(
    ("stem", "form"), [("모르", "몰라"), ("바쁘", "바빠"), ("따르", "따라"), ("마시", "마셔"), ("배우", "배워"), ("입", "입어")]
)
def test_stems_take_their_form_on_jamo(stem: str, form: str) -> None:
    assert haeche(stem) == form


@pytest.fixture(scope="module")
def tokenizer() -> object:
    texts = [t for r in read_rows(PERSONA)[:400] for t in (r.turn.message, r.turn.answer)]
    return train_tokenizer(texts, texts[:200], size=1600)


def test_every_row_survives_the_round_trip(tokenizer) -> None:  # type: ignore[no-untyped-def]
    texts = [t for r in read_rows(PERSONA)[::9] for h in HEADS.values() for t in (h.prompt(r.turn), h.target(r.turn))]
    texts += ["👱‍♀️ 뷁쀍 [x] ㅋㅋ\n두  칸", "한글 없는 text 123"]
    assert [tokenizer.decode(tokenizer.encode(t), skip_special_tokens=True) for t in texts] == texts


def test_markers_are_single_tokens_and_not_special(tokenizer) -> None:  # type: ignore[no-untyped-def]
    assert all(len(tokenizer.encode(m)) == 1 for m in ADDED)
    assert set(MARKERS) | {START, END} <= set(ADDED)
    assert tokenizer.decode(tokenizer.encode(END), skip_special_tokens=True) == END
    assert set(tokenizer.all_special_tokens) == {"<|endoftext|>"}


def test_only_answers_are_read_in_the_plain_format() -> None:
    turn = Turn("안녕", answer="안녕!", summary="인사")
    assert tagged(HEADS["output_message"], turn)[0] == HEADS["output_message"].prompt(turn)
    for name, tag in TAGS.items():
        assert tagged(HEADS[name], turn)[0].endswith(tag + START)


def test_a_templated_memory_stands_in_its_message_and_most_messages_need_none() -> None:
    rng = random.Random(1)
    turns = [memory_turn(rng) for _ in range(4000)]
    memories = [t for t in turns if t.memory]
    assert all(t.memory.value in t.message for t in memories if t.memory)
    assert 0.3 < len(memories) / len(turns) < 0.5
    assert not any(mark in t.message for t in turns for mark in "{}")


def test_particles_follow_the_last_letter_of_the_value() -> None:
    assert fill("{v:이랑} {v:으로} {v:이야}", v="동생") == "동생이랑 동생으로 동생이야"
    assert fill("{v:이랑} {v:으로} {v:을}", v="엄마") == "엄마랑 엄마로 엄마를"
    assert fill("{v:으로}", v="서울") == "서울로"


def test_a_varied_message_keeps_its_words() -> None:
    rng = random.Random(3)
    said = {vary("오늘 저녁 뭐 먹지?", rng).replace(" ", "") for _ in range(200)}
    assert len(said) > 4
    assert all("오늘저녁뭐먹지" in s for s in said)


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    """The seven corpora in small."""
    return write_corpora(tmp_path / "corpora")


def write_corpora(folder: Path) -> Path:
    files = {
        "songys_chatbot_data/ChatbotData.csv": "Q,A,label\n배고파,맛있는 거 드세요.,0\n심심해,저랑 놀아요.,0\n짜증나,씨발이네요.,0\n헤어졌어,힘드시겠어요.,1\n",
        "songys_question_pair/train.txt": "question1\tquestion2\tis_duplicate\n배고파\t배가 고프네\t0\n심심해\t졸려\t1\n",
        "kor_sts/sts-train.tsv": "genre\tf\ty\ti\tscore\tsentence1\tsentence2\na\tb\tc\td\t5.0\t비행기가 난다.\t비행기가 날고 있다.\n",
        "para_kqc/paraKQC_v1.txt": "0\t0\t메일을 지울까?\n",
        "3i4k/fci.txt": "1\t오늘은 하늘이 정말 맑다\n",
        "sae4k/sae4k_v1.txt": "\ufeff내일 수업 있는지 알려줘\t내일 있는 수업\t2\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "nsmc_reviews").mkdir()
    (folder / "nsmc_reviews/reviews.txt.gz").write_bytes(gzip.compress("정말 재미있는 영화였다\n".encode()))
    return folder


def test_rude_pairs_are_left_out_and_the_rest_is_banmal(corpora: Path) -> None:
    assert [(q, a) for q, a, _ in everyday(corpora)] == [
        ("배고파", "맛있는 거 먹어."),
        ("심심해", "나랑 놀아."),
        ("헤어졌어", "힘들겠어."),
    ]


def test_the_mix_never_reads_a_held_out_row(corpora: Path) -> None:
    mix = Mix(corpora, read_rows(PERSONA), seed=1)
    assert {r.split for r in mix.rows} == {"train"}
    drawn = [mix.draw(n / 600) for n in range(600)]
    assert {kind for kind, _ in drawn} == set(Mix.WEIGHTS)
    assert all(target for _, (_, target) in drawn)
    assert ("배가 고프네", "맛있는 거 먹어.", 0) in mix.pairs


def test_a_missing_corpus_is_named_with_where_it_is_from(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="songys/Chatbot_data"):
        everyday(tmp_path)


def test_text_is_cleaned_to_one_line() -> None:
    assert clean(" 가\x07나\u2581 다\n라 ") == "가나 다라"


@pytest.mark.models
def test_a_log_is_enough_to_train_all_its_parts_again(corpora: Path, tmp_path: Path) -> None:
    import json

    from finetune.pretrain import again, parts

    shipped = json.loads((BUNDLED / "mini" / "base" / "training.json").read_text(encoding="utf-8"))
    assert [(round(p.minutes), p.talk_share) for p, _ in parts(shipped)] == [(43, 0.0), (40, 0.2), (8, 1.0), (48, 0.0), (42, 0.14), (50, 0.16), (58, 0.15)]
    small = {"hidden": 64, "layers": 1, "batch": 4, "samples": 1, "minutes": 0.01}
    rows = few_csv(tmp_path / "few.csv")
    like = {"plan": small | {"talk_share": 1.0}, "weights": shipped["weights"],
            "before": {"plan": {k: v for k, v in small.items() if k != "minutes"}, "seconds": 0.6, "weights": {"songys": [1.0], "summary": [1.0]}}}  # fmt: skip
    (tmp_path / "like.json").write_text(json.dumps(like), encoding="utf-8")
    log = again(corpora, rows, tmp_path / "base", tmp_path / "like.json")
    assert set(log["before"]["weights"]) == {"songys", "summary"} and log["before"]["curve"] and log["steps"] > 0
    assert (tmp_path / "base.part-1" / "model.safetensors").is_file() and (tmp_path / "base" / "model.safetensors").is_file()


def few_csv(path: Path) -> Path:
    """Forty training rows and six valid ones."""
    rows = read_rows(PERSONA)
    few = [r for r in rows if r.split == "train"][:40] + [r for r in rows if r.split == "valid"][:6]
    return write_csv(few, path)


@pytest.mark.models
def test_one_call_makes_a_base_that_loads_offline_with_its_log(corpora: Path, tmp_path: Path) -> None:
    import json

    from transformers import AutoModelForCausalLM, AutoTokenizer

    from finetune.phases import Plan
    from finetune.pretrain import pretrain

    plan = Plan(minutes=0.02, hidden=64, layers=1, batch=4, samples=1)
    log = pretrain(corpora, few_csv(tmp_path / "few.csv"), tmp_path / "base", plan)
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "base", local_files_only=True)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "base", local_files_only=True)
    assert model.config.vocab_size >= len(tokenizer) and model.config.eos_token_id == tokenizer.eos_token_id
    assert json.loads((tmp_path / "base/training.json").read_text(encoding="utf-8")) == json.loads(json.dumps(log))
    assert {s["licence"] for s in log["sources"]} == {"MIT", "CC0", "CC BY-SA 4.0"}
    assert log["plan"]["seed"] and log["steps"] > 0 and log["curve"][-1]["phase"] == "talking"


@pytest.mark.models
def test_packed_documents_do_not_see_each_other(tokenizer) -> None:  # type: ignore[no-untyped-def]
    import torch

    from finetune.packing import Packer, own_document
    from finetune.phases import Plan
    from finetune.pretrain import new_model

    docs = [("안녕" + START, " 안녕!" + END), ("뭐 해" + START, " 놀지" + END)]
    packer = Packer(tokenizer, 64, targets_only=True)
    batch = packer.batch(iter(docs * 20), 1)
    model = new_model(Plan(hidden=64, layers=2), len(tokenizer), 0).eval()
    first, second = (packer.ids(d)[0] for d in docs)
    with torch.no_grad():
        alone = model(input_ids=torch.tensor([second])).logits[0]
        packed = model(
            input_ids=batch["input_ids"], position_ids=batch["position_ids"], attention_mask=own_document(batch["position_ids"])
        ).logits[0, len(first) : len(first) + len(second)]
    assert torch.allclose(alone, packed, atol=1e-4)
    ends = [i for i, label in enumerate(batch["labels"][0].tolist()) if label == tokenizer.eos_token_id]
    assert len(ends) >= 4  # every document is whole: its end is inside


@pytest.mark.parametrize(("told", "fast"), [({"avx512_f": True, "avx512_bf16": False}, False), ({"avx512_bf16": True}, True), ({"arm_bf16": True}, True)])
def test_training_reads_bfloat16_only_where_the_processor_multiplies_it(told: dict[str, bool], fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from finetune import packing

    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: told, raising=False)
    packing.bfloat16_is_fast.cache_clear()
    assert packing.bfloat16_is_fast() is fast
    packing.bfloat16_is_fast.cache_clear()
