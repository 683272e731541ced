"""The rows of one batch each go through their own adapter, and get what peft gives them alone."""

from __future__ import annotations

import pytest
import torch
from peft import LoraConfig, get_peft_model
from torch import nn

from ohlora_tui.engine.mixing import Mixed, Voices, mix

RANKS = {"one": 4, "two": 8, "three": 4}


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words, self.deep, self.out = nn.Embedding(20, 12), nn.Linear(12, 16), nn.Linear(16, 20, bias=False)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.out(torch.tanh(self.deep(self.words(ids))))


def adapted(layers=("deep", "out"), **more):
    torch.manual_seed(3)
    model = None
    for name, rank in RANKS.items():
        config = LoraConfig(r=rank, lora_alpha=6, target_modules=list(layers), init_lora_weights=False, **more)
        model = get_peft_model(Net(), config, adapter_name=name) if model is None else model
        if name not in model.peft_config:
            model.add_adapter(name, config)
    return model.requires_grad_(False).eval()


IDS = torch.tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 5, 9]])


def alone(model, name, ids):
    if name == "nobody":
        with model.disable_adapter():
            return model(ids)
    model.set_adapter(name)
    return model(ids)


@pytest.mark.parametrize("rows", [("one",) * 4, ("two", "one", "three", "two"), ("three", "nobody", "one", "one"), ("nobody",) * 4])
def test_a_row_gets_what_peft_gives_it_alone(rows):
    model = adapted()
    wanted = torch.cat([alone(model, name, IDS[at : at + 1]) for at, name in enumerate(rows)])
    voices = Voices()
    assert mix(model, voices) and sum(isinstance(m, Mixed) for m in model.modules()) == 2
    voices.speak(rows)
    assert torch.allclose(model(IDS), wanted, atol=1e-5)


def test_an_adapter_that_a_layer_does_not_have_leaves_that_layer_as_it_is():
    torch.manual_seed(4)
    model = get_peft_model(Net(), LoraConfig(r=4, target_modules=["deep"], init_lora_weights=False), adapter_name="one")
    model.add_adapter("two", LoraConfig(r=4, target_modules=["out"], init_lora_weights=False))
    model.requires_grad_(False).eval()
    rows = ("two", "one", "two", "one")
    wanted = torch.cat([alone(model, name, IDS[at : at + 1]) for at, name in enumerate(rows)])
    voices = Voices()
    mix(model, voices)
    voices.speak(rows)
    assert torch.allclose(model(IDS), wanted, atol=1e-5)


def test_mixing_holds_no_weight_twice():
    model = adapted()
    before = sum(p.numel() for n, p in model.named_parameters() if "lora_" in n)
    mix(model, Voices())
    assert not any("lora_" in n for n, _ in model.named_parameters())
    assert sum(m.down.numel() + m.up.numel() for m in model.modules() if isinstance(m, Mixed)) == before


@pytest.mark.parametrize("more", [{"use_dora": True}, {"lora_bias": True}, {"trainable_token_indices": {"words": [0, 1]}}], ids=["dora", "bias", "tokens"])
def test_what_is_more_than_lora_stays_peft_s(more):
    """Then the engine has to tell peft the rows as well."""
    model = adapted(**more)
    assert not mix(model, Voices())
