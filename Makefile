# Two commands do everything: `make chat` and `make test`.
PYTHON ?= $(firstword $(foreach v,3.11 3.12 3.13 3.14,$(if $(shell command -v python$(v)),python$(v))) python3)
VENV := .venv
BIN := $(VENV)/bin
# Without a path to torch's CUDA build: the constraint file pins a version that installs everywhere.
PIP := $(BIN)/pip install --disable-pip-version-check -q -c constraints.txt

.PHONY: chat test slow install check lint types data mini clean

chat: $(VENV)/.installed  ## talk with 오로라
	@$(BIN)/ohlora chat

test: $(VENV)/.dev  ## install and run the tests, under two minutes on two cores
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 -m "not slow"

slow: $(VENV)/.dev  ## those that train, serve or measure in processes of their own
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 -m slow

install: $(VENV)/.installed  ## only install

check: lint types slow test  ## what must be green before a change lands

lint: $(VENV)/.dev
	@$(BIN)/ruff check .

types: $(VENV)/.dev
	@$(BIN)/mypy

data: $(VENV)/.dev  ## check the persona rows and memory lines
	@$(BIN)/python -m finetune.check

MINI := ohlora_tui/models/mini
mini: $(VENV)/.dev  ## train everything that ships again: CORPORA=folder of the corpora that finetune/corpora.py names; six hours on one core
	@test -n "$(CORPORA)" || { echo "말뭉치 폴더를 알려 주세요: make mini CORPORA=폴더"; exit 1; }
	$(BIN)/python -m finetune.pretrain --corpora "$(CORPORA)" --like $(MINI)/base/training.json --out $(MINI)/base.new
	rm -rf $(MINI)/base $(MINI)/base.new.part-* && mv $(MINI)/base.new $(MINI)/base
	$(BIN)/python -m finetune.train --col all --base mini --out $(MINI)/adapters
	$(BIN)/python -m finetune.retriever --corpora "$(CORPORA)"
	$(BIN)/python -m finetune.rowbank && $(BIN)/python -m finetune.kinds && $(BIN)/python -m finetune.suits && $(BIN)/python -m finetune.rowbank && $(BIN)/python -m finetune.ranking

$(VENV)/.installed: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON)을 찾을 수 없어요. Python 3.11 이상을 설치하고 PYTHON=python3.12 make chat 처럼 알려 주세요."; exit 1; }
	@test -x $(BIN)/python || { echo "가상 환경을 만들어요 (.venv)…"; $(PYTHON) -m venv $(VENV); }
	@echo "필요한 파이썬 꾸러미를 설치해요. 처음에는 몇 분 걸려요…"
	@$(PIP) -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@$(PIP) -e '.[dev]'
	@touch $@

clean:  ## remove what was built, keep conversations
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
