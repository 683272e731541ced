"""The live memories and their vectors, kept in step with the store: nothing is encoded twice."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ohlora_tui.records import Memory

if TYPE_CHECKING:
    import numpy as np

    from db.store import Store
    from ohlora_tui.memory.retriever import Retriever


class MemoryIndex:
    """`memories` and the (N, D) float32 matrix of unit rows beside them, refreshed from the store before each turn."""

    def __init__(self, store: Store, retriever: Retriever) -> None:
        self._store = store
        self._retriever = retriever
        self._vectors: dict[int, np.ndarray] = {}  # memory id -> (D,) unit row
        self._lock = threading.Lock()

    def refresh(self) -> tuple[list[Memory], np.ndarray]:
        """Live memories and their matrix; vectors that the store lacks for this embedder are made and saved."""
        import numpy as np

        with self._lock:
            if not self._vectors:
                self._read()
            memories = self._store.memories()
            self._encode([m for m in memories if m.id not in self._vectors])
            rows = [self._vectors[m.id] for m in memories if m.id is not None]
        return memories, np.stack(rows) if rows else np.zeros((0, self._retriever.dim), dtype=np.float32)

    def vector(self, memory: Memory) -> tuple[str, bytes, int]:
        """(fingerprint, float32 bytes, dimension) of a new memory, to be stored in the turn's own transaction."""
        row = self._retriever.encode([memory.text])[0]
        return self._retriever.fingerprint, row.astype("float32").tobytes(), int(row.shape[0])

    def changed(self, memory_id: int) -> None:
        """An edited memory needs a new vector."""
        with self._lock:
            self._vectors.pop(memory_id, None)

    def _read(self) -> None:
        import numpy as np

        ids, blob, dim = self._store.vectors(self._retriever.fingerprint)
        if ids:
            self._vectors = dict(zip(ids, np.frombuffer(blob, dtype=np.float32).reshape(len(ids), dim), strict=True))

    def _encode(self, new: list[Memory]) -> None:
        if not new:
            return
        rows = self._retriever.encode([m.text for m in new])  # (n, D)
        named = [(m.id, row) for m, row in zip(new, rows, strict=True) if m.id is not None]
        self._store.save_vectors(
            self._retriever.fingerprint, self._retriever.dim, [(i, r.astype("float32").tobytes()) for i, r in named]
        )
        self._vectors.update(named)
