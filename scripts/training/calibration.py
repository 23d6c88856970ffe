"""Temperature and thresholds from predictions for datasets that training did not see."""

import numpy as np
from yardstick import by_origin, ece, score, share, weights_of

PARTS = 6

STATED_PRECISION = 0.6
FLOOR, CEILING = 0.12, 0.6
# Labels that the yardstick cannot judge have a limit of their own; their precision is not known.
UNJUDGED = 0.35
FEWEST_ROWS = 25
# Whether a talk of three turns and more is called multi_turn is a habit of each file; added to its logit in both tiers.
# Chosen on the folds; on datasets that no training saw it helps as well.
TURNS_SHIFT = -1.0
BUDGETS = (0, 0.01, 0.05, 0.1, 0.2, 1)


def softmax(logits):
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def mixed(logits, temperature, doubt):
    """Probabilities at a temperature, a share of them spread evenly (ensemble temperature scaling, Zhang et al. 2020).

    The even share stands for rows unlike any dataset that training saw, of which the logits know nothing however large they are.
    """
    return (1 - doubt) * softmax(logits / temperature) + doubt / logits.shape[1]


def calibrate(logits, rows, personas, doubts=(0.0,)):
    """Temperature and doubt, and what they are worth when each sixth of the datasets is judged by those of the others."""
    ids = [p["id"] for p in personas]
    truth = np.array([ids.index(row["persona"]) for row in rows])
    weight = weights_of(rows)
    datasets = np.array([row["view_origin"].split(":")[0] for row in rows])
    names = np.random.default_rng(0).permutation(np.unique(datasets))
    crossed = np.zeros_like(logits)
    for part in range(PARTS):
        mine = np.isin(datasets, names[part::PARTS])
        crossed[mine] = mixed(logits[mine], *least_error(logits[~mine], truth[~mine], weight[~mine], doubts))
    return *least_error(logits, truth, weight, doubts), score(crossed, rows, personas)


def least_error(logits, truth, weight, doubts):
    right = logits.argmax(1) == truth
    options = []
    for temperature in np.geomspace(0.5, 8, 70):
        sure = softmax(logits / temperature).max(1)
        for doubt in doubts:
            options.append((ece((1 - doubt) * sure + doubt / logits.shape[1], right, weight), float(temperature), doubt))
    return min(options)[1:]


def thresholds(probabilities, rows, personas):
    """Per label the lowest limit whose rows are right with STATED_PRECISION; labels that cannot be judged take UNJUDGED."""
    ids = [p["id"] for p in personas]
    truth = np.array([ids.index(row["persona"]) for row in rows])
    weight = weights_of(rows)
    guess, sure = probabilities.argmax(1), probabilities.max(1)
    out = {}
    for i, name in enumerate(ids):
        mine = guess == i
        judged = mine.sum() >= FEWEST_ROWS and (truth == i).any()
        found = limit(sure[mine], (guess == truth)[mine], weight[mine]) if judged else UNJUDGED
        out[name] = round(float(min(CEILING, max(FLOOR, found))), 3)
    out["general_assistant"] = 0.0
    return out


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


def metrics_of(probabilities, rows, personas, crossed, limits, more=None):
    """What tagger.json and its README say of a tier on the yardstick's rows; `more` is what only one tier has."""
    return {
        "unseen_datasets": score(probabilities, rows, personas),
        "cross_fitted": crossed,
        "threshold_precision": STATED_PRECISION,
        "after_thresholds": after_thresholds(probabilities, rows, personas, limits),
        **(more or {}),
        "reliability": reliability(probabilities, rows, personas),
        "confusion": confusion(probabilities, rows, personas),
        "by_dataset": by_origin(probabilities, rows, personas),
    }


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


def cascade(fast, accurate, rows, personas):
    """[share of the rows, accuracy] when the accurate tier decides the rows of which the fast one is least sure."""
    ids = [p["id"] for p in personas]
    truth = np.array([ids.index(row["persona"]) for row in rows])
    weight = weights_of(rows)
    order = np.argsort(fast.max(1), kind="stable")
    below = np.cumsum(weight[order]) / weight.sum()
    table = []
    for budget in BUDGETS:
        guess = fast.argmax(1)
        refined = order[below <= budget]
        guess[refined] = accurate.argmax(1)[refined]
        table.append([budget, share(guess == truth, weight)])
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
