"""Logistic regression with given signs: the little judged or validation data must not teach that likeness speaks against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def logistic(
    x: NDArray[np.float64], y: NDArray[np.float64], signs: Sequence[int], ridge: float = 1.0
) -> tuple[NDArray[np.float64], float]:
    """Weights (F,) and bias from x (N, F) and y (N,) in 0..1; `signs` 1, -1 or 0 (free); `ridge` on features of unit spread."""
    from scipy.optimize import minimize

    scale = x.std(axis=0) + 1e-9
    z = x / scale

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = z @ w[:-1] + w[-1]
        value = np.logaddexp(0, logits).sum() - y @ logits + ridge / 2 * w[:-1] @ w[:-1]
        error = 1 / (1 + np.exp(-np.clip(logits, -30, 30))) - y
        return float(value), np.concatenate([z.T @ error + ridge * w[:-1], [error.sum()]])

    limits = {1: (0, None), -1: (None, 0), 0: (None, None)}
    bounds = [limits[s] for s in signs] + [(None, None)]
    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    return found[:-1] / scale, float(found[-1])
