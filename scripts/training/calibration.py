"""Temperature and thresholds from predictions for datasets that training did not see."""

import numpy as np
import torch
from torch import nn
from yardstick import ece, score, weights_of

# Shifts beyond what many datasets agree on cost more than they gain.
SHIFT_COST = 0.01

STATED_PRECISION = 0.6
FLOOR, CEILING = 0.12, 0.7
FEWEST_ROWS = 25


def softmax(logits):
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


class Calibration:
    """scores = softmax(logits / temperature + shifts); only the classes of the yardstick have a shift."""

    def __init__(self, temperature, shifts):
        self.temperature = temperature
        self.shifts = shifts

    def __call__(self, logits):
        return softmax(logits / self.temperature + self.shifts)


def calibrate(logits, rows, personas):
    """The calibration, and what it is worth when every fold is judged by the calibration of the other folds."""
    ids = [p["id"] for p in personas]
    truth = np.array([ids.index(row["persona"]) for row in rows])
    weight = weights_of(rows)
    folds = np.array([-1 if row["fold"] is None else row["fold"] for row in rows])
    crossed = np.zeros_like(logits)
    for fold in np.unique(folds):
        mine = folds == fold
        crossed[mine] = fit(logits[~mine], truth[~mine], weight[~mine])(logits[mine])
    return fit(logits, truth, weight), score(crossed, rows, personas)


def fit(logits, truth, weight):
    """Shifts of small size by likelihood, then the temperature of least calibration error under them."""
    classes = torch.tensor(np.unique(truth))
    x, goal, w = torch.tensor(logits), torch.tensor(truth), torch.tensor(weight / weight.sum(), dtype=torch.float32)
    slope, shifts = torch.zeros(1, requires_grad=True), torch.zeros(len(classes), requires_grad=True)
    optimiser = torch.optim.Adam([slope, shifts], lr=0.05)
    for _ in range(150):
        full = torch.zeros(logits.shape[1]).index_add(0, classes, shifts)
        loss = (nn.functional.cross_entropy(x * slope.exp() + full, goal, reduction="none") * w).sum() + SHIFT_COST * shifts.pow(2).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    found = np.zeros(logits.shape[1], np.float32)
    found[classes.numpy()] = shifts.detach().numpy()
    relative = found / float(slope.exp().detach())
    options = np.geomspace(0.5, 8, 70)
    errors = []
    for t in options:
        p = softmax((logits + relative) / t)
        errors.append(ece(p.max(1), p.argmax(1) == truth, weight))
    best = float(options[int(np.argmin(errors))])
    return Calibration(best, relative / best)


def thresholds(probabilities, rows, personas):
    """Per label the lowest limit whose rows are right with STATED_PRECISION; labels with few rows take the limit of all rows."""
    ids = [p["id"] for p in personas]
    truth = np.array([ids.index(row["persona"]) for row in rows])
    weight = weights_of(rows)
    guess, sure = probabilities.argmax(1), probabilities.max(1)
    whole = limit(sure, guess == truth, weight)
    out = {}
    for i, name in enumerate(ids):
        mine = guess == i
        judged = mine.sum() >= FEWEST_ROWS and (truth == i).any()
        found = limit(sure[mine], (guess == truth)[mine], weight[mine]) if judged else whole
        out[name] = round(float(min(CEILING, max(FLOOR, found))), 3)
    out["general_assistant"] = 0.0
    return out, round(float(whole), 3)


def limit(sure, right, weight):
    order = np.argsort(-sure, kind="stable")
    w = weight[order]
    good = np.cumsum(right[order] * w) / np.cumsum(w) >= STATED_PRECISION
    return float(sure[order][np.flatnonzero(good)[-1]]) if good.any() else 1.0


def after_thresholds(probabilities, rows, personas, limits):
    """Share of rows kept, and how many of them are right, when the rest abstains."""
    ids = [p["id"] for p in personas]
    truth = np.array([ids.index(row["persona"]) for row in rows])
    weight = weights_of(rows)
    guess, sure = probabilities.argmax(1), probabilities.max(1)
    kept = sure >= np.array([limits[ids[g]] for g in guess])
    return {"coverage": round(float(weight[kept].sum()), 4), "precision": round(float(weight[kept & (guess == truth)].sum() / max(1e-9, weight[kept].sum())), 4)}


def reliability(probabilities, rows, personas, bins=10):
    """[from, share of rows, mean confidence, share right] of each bin of confidence."""
    ids = [p["id"] for p in personas]
    truth = np.array([ids.index(row["persona"]) for row in rows])
    weight = weights_of(rows)
    sure, right = probabilities.max(1), probabilities.argmax(1) == truth
    table = []
    for b in range(bins):
        m = np.minimum((sure * bins).astype(int), bins - 1) == b
        if m.any():
            w = weight[m] / weight[m].sum()
            table.append([b / bins, round(float(weight[m].sum()), 3), round(float((sure[m] * w).sum()), 3), round(float((right[m] * w).sum()), 3)])
    return table


def confusion(probabilities, rows, personas):
    """Rows of each class of the yardstick by what they were taken for, in shares of the class; only shares of 0.02 and more."""
    ids = [p["id"] for p in personas]
    guess = probabilities.argmax(1)
    weight = weights_of(rows)
    truth = np.array([row["persona"] for row in rows])
    table = {}
    for name in sorted(set(truth)):
        mine = truth == name
        shares = {ids[g]: float(weight[mine & (guess == g)].sum() / weight[mine].sum()) for g in np.unique(guess[mine])}
        table[name] = {k: round(v, 2) for k, v in sorted(shares.items(), key=lambda item: -item[1]) if v >= 0.02}
    return table
