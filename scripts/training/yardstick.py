"""The yardstick: rows of whole datasets that a model did not see, over the 18 personas that public files name by origin.

Test rows are those of the labelled view of the public files. A dataset of FOLDS is judged by a model trained without that
fold; files whose licence keeps them out of shipped weights took part in no training at all and are judged
by the model that saw every permitted file. Nothing here is ever trained on.
"""

import gzip
import json

import numpy as np
from transcript import quoted_turns

VIEW = "_persona_labelled_sample.jsonl.gz"

# Name in the labelled view: name in sources.py, where they differ.
ALIASES = {
    "aqua": "aqua_rat",
    "metatool_single": "metatool",
    "taskbench_requests": "taskbench",
    "diasafety_safe": "diasafety",
    "fairytaleqa_questions": "fairytaleqa",
    "esoteric:tarot_interpretations": "esoteric_cc0",
    "esoteric:hexagrams": "esoteric_cc0",
    "esoteric:western_zodiac": "esoteric_cc0",
    "esoteric:eastern_zodiac": "esoteric_cc0",
}

# Every class with two permitted datasets keeps one in training; sets that share problems or texts leave together.
FOLDS = [
    {"conala", "code_assist_bench", "gsm8k", "strategyqa", "perspectrum", "fairytaleqa", "personachat", "msc", "bfcl", "medquad", "nq_open", "hh_rlhf"},
    {"nl2bash", "human_eval", "humanevalpack", "mathdial", "folio", "persuasion_for_good", "crd3", "synthetic_persona_chat", "sgd", "gorilla_apibench", "seal_tools", "open_trivia_qa", "webquestions", "diasafety"},
    {"aqua_rat", "ecare", "topical_chat", "taskmaster4", "gpteacher_toolformer", "metatool", "glaive_demo", "reason_tool_use", "taskbench", "toolbench", "commonsenseqa", "counsel_chat", "gpteacher_roleplay", "esoteric_cc0"},
]
SAMPLE_OF_ORIGIN = 60

# Personas of single files that are finer than what the labelled view calls the same rows.
COARSE = {
    "nl2bash": ("devops_engineer", "code_expert"),
    "ecare": ("causal_analyst", "analytical_reasoner"),
    "medquad": ("medical_informant", "factual_informant"),
    "open_trivia_qa": ("trivia_expert", "factual_informant"),
    "fairytaleqa": ("reading_comprehender", "qa_specialist"),
    "bfcl": ("function_caller", "api_specialist"),
    "gpteacher_roleplay": ("roleplay_character", "creative_storyteller"),
}


def read_yardstick(data_folder, seed=3):
    """Rows {messages, origin, view_origin, persona, fold}; fold is None where no training ever sees the dataset."""
    fold_of = {name: i for i, fold in enumerate(FOLDS) for name in fold}
    by_origin = {}
    with gzip.open(f"{data_folder}/{VIEW}", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            # As the product reads these columns: request and input with a blank line between.
            asked = "\n\n".join(part for part in (row["instruction"], row["input"]) if part)
            messages = [{"role": "user", "content": asked}] if asked else []
            if row["output"]:
                messages.append({"role": "assistant", "content": row["output"]})
            view_origin = row["origin"]
            origin = ALIASES.get(view_origin, view_origin)
            key = (view_origin, row["persona"])
            by_origin.setdefault(key, []).append({"messages": quoted_turns(messages), "origin": origin, "view_origin": view_origin, "persona": row["persona"], "fold": fold_of.get(origin)})
    random = np.random.default_rng(seed)
    rows = []
    for key in sorted(by_origin):
        found = by_origin[key]
        rows += [found[i] for i in sorted(random.permutation(len(found))[:SAMPLE_OF_ORIGIN])]
    return rows


def weights_of(rows):
    """Every class counts alike, and inside a class every dataset, so that no large file hides a small one."""
    personas = np.array([row["persona"] for row in rows])
    origins = np.array([row["view_origin"].split(":")[0] for row in rows])
    weight = np.zeros(len(rows))
    for persona in np.unique(personas):
        inside = personas == persona
        for origin in np.unique(origins[inside]):
            mask = inside & (origins == origin)
            weight[mask] = 1 / (mask.sum() * len(np.unique(origins[inside])))
    return weight / weight.sum()


def score(probabilities, rows, personas):
    """Two views: the best of all labels as `eval` reports, and the best of the 18 classes with the others' mass left aside."""
    ids = [p["id"] for p in personas]
    truth = np.array([ids.index(row["persona"]) for row in rows])
    weight = weights_of(rows)
    classes = np.unique(truth)
    only = np.full(len(ids), -np.inf)
    only[classes] = 0
    among = np.where(np.isfinite(only), probabilities, 0)
    among = among / np.maximum(among.sum(1, keepdims=True), 1e-9)
    return {"rows": len(rows), "classes": len(classes), "all_labels": view(probabilities, truth, weight, personas), "among_classes": view(among, truth, weight, personas)}


def view(p, truth, weight, personas):
    category = np.array([x["category"] for x in personas])
    ids = np.array([x["id"] for x in personas])
    parent = np.array([x["parent"] for x in personas])
    guess, sure = p.argmax(1), p.max(1)
    right = guess == truth
    return {
        "accuracy": share(right, weight),
        "category_accuracy": share(category[guess] == category[truth], weight),
        "parent_accuracy": share(right | (parent[guess] == ids[truth]), weight),
        "macro_f1": macro_f1(guess, truth, weight),
        "ece": round(ece(sure, right, weight), 4),
        "coverage_at_90": coverage(sure, right, weight, 0.9),
    }


def share(right, weight):
    return round(float((right * weight).sum() / weight.sum()), 4)


def macro_f1(guess, truth, weight):
    values = []
    for c in np.unique(truth):
        hit = weight[(guess == c) & (truth == c)].sum()
        found, real = weight[guess == c].sum(), weight[truth == c].sum()
        values.append(2 * hit / (found + real))
    return round(float(np.mean(values)), 4)


def ece(sure, right, weight=None, bins=15):
    weight = np.ones(len(sure)) if weight is None else weight
    place = np.minimum((sure * bins).astype(int), bins - 1)
    total = 0.0
    for b in range(bins):
        m = place == b
        if m.any():
            w = weight[m] / weight[m].sum()
            total += abs((sure[m] * w).sum() - (right[m] * w).sum()) * weight[m].sum()
    return float(total / weight.sum())


def coverage(sure, right, weight, precision):
    """Largest share of rows, the surest first, whose precision is still `precision`."""
    order = np.argsort(-sure, kind="stable")
    w = weight[order]
    reached = np.cumsum(right[order] * w) / np.cumsum(w) >= precision
    return round(float(np.cumsum(w)[reached][-1] / w.sum()), 4) if reached.any() else 0.0


def by_origin(probabilities, rows, personas):
    """{persona/dataset: [accuracy, rows, commonest guesses]}"""
    ids = [p["id"] for p in personas]
    guess = probabilities.argmax(1)
    table = {}
    for i, row in enumerate(rows):
        table.setdefault(f"{row['persona']}/{row['view_origin']}", []).append((ids[guess[i]] == row["persona"], ids[guess[i]]))
    out = {}
    for key, found in sorted(table.items()):
        names = [name for _, name in found]
        top = sorted(set(names), key=lambda n: (-names.count(n), n))[:3]
        out[key] = [round(sum(ok for ok, _ in found) / len(found), 2), len(found), " ".join(f"{n}:{names.count(n)}" for n in top)]
    return out


if __name__ == "__main__":
    import sys

    # yardstick.py DATA_FOLDER OUT.jsonl: the rows, for export-features.ts.
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        for row in read_yardstick(sys.argv[1]):
            out.write(json.dumps({**row, "tool_calls": False}) + "\n")
