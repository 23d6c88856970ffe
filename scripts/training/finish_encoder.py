"""Fits the trait head, calibrates, measures and writes the folder of the accurate tier.

Usage: finish_encoder.py FULL.pt FOLD0.npz,FOLD1.npz,FOLD2.npz TRAIT_ROWS.jsonl YARDSTICK.jsonl YARDSTICK_PREFIX ROWS.jsonl MINILM_FOLDER PERSONAS.json DATA_FOLDER FAST_FOLDER OUT_FOLDER
The weights come from train_encoder.py; yardstick rows of a fold are judged by the training without that fold, the others and
all traits by the int8 model that is shipped. FAST_FOLDER is the fast tier as train_personas.py wrote it, from the same rows and with
YARDSTICK_PREFIX.fast.npy beside it; its model goes into the folder and its probabilities are multiplied in.
"""

import csv
import hashlib
import json
import shutil
import sys

import numpy as np
import onnxruntime
import torch
from calibration import TURNS_SHIFT, calibrate, cascade, metrics_of, mixed, softmax, thresholds
from encoder import mean_pool
from encoder_onnx import export_encoder
from features import Features, read_rows
from sources import LICENCES
from targets import row_weights, soft_targets
from tokens import COPY_MARK, LONGEST, encode_sides, join_sides, open_tokenizer, pad
from torch import nn
from train_encoder import TRAITS, Tagger, plan_batches
from train_personas import apply_turn_rule
from train_traits import HEADS, HUMAN, area, sentiment_area, trait_weights

SEED = 23
TRAIT_ROWS = 20000
# Replies with and without warmth to the same kind of post are few, and all that tells empathy from its topics.
PAIRED_WEIGHT = 12
# Rows from which the directions of the embedding come, and how many of them are kept.
EMBEDDED_ROWS, EMBEDDING_WIDTH = 8000, 384
# Power of the fast tier's probabilities beside the encoder's: between 0.5 and 1 the yardstick's figures differ by less than 0.01.
BAG_WEIGHT = 0.7
LEAST_PROBABILITY = 1e-5


def main(weights, folds, traits_path, judged_path, judged_prefix, rows_path, minilm, personas_path, data, fast, out):
    torch.set_num_threads(2)
    personas = json.load(open(personas_path, encoding="utf-8"))
    ids = [p["id"] for p in personas]
    tokenizer = open_tokenizer(f"{minilm}/tokenizer.json")
    model = Tagger(f"{minilm}/model.safetensors", len(ids))
    model.load_state_dict(torch.load(weights))
    model.eval()
    turns = ids.index("multi_turn")
    with torch.no_grad():
        model.persona.bias[turns] += TURNS_SHIFT
    traits = read_rows(traits_path)
    fit_traits(model, tokenizer, traits)
    directions = embedding_directions(model, tokenizer, read_rows(rows_path), ids)
    export_encoder(model.encoder, {"persona": model.persona, "trait": model.trait}, directions, f"{out}/model.onnx")
    judged_rows = read_rows(judged_path)
    judged = Features(judged_prefix)
    inputs = [join_sides(u, a) for u, a in encode_sides(tokenizer, [row["messages"] for row in judged_rows])]
    session = open_model(f"{out}/model.onnx")
    logits = np.zeros((len(judged_rows), len(ids)), np.float32)
    never = np.array([i for i, row in enumerate(judged_rows) if row["fold"] is None])
    logits[never] = run(session, [inputs[i] for i in never])[0]
    for path in folds.split(","):
        part = np.load(path)
        logits[part["rows"]] = part["logits"]
        logits[part["rows"], turns] += TURNS_SHIFT
    np.save(f"{judged_prefix}.accurate.npy", logits)
    fast_logits = np.load(f"{judged_prefix}.fast.npy")
    fast_scale = json.load(open(f"{fast}/tagger.json", encoding="utf-8"))["calibration"]
    # The floor is the product's.
    logits += BAG_WEIGHT * np.log(np.maximum(mixed(fast_logits, fast_scale["temperature"], fast_scale["doubt"]), LEAST_PROBABILITY))
    for judged_logits in (logits, fast_logits):
        apply_turn_rule(judged_logits, judged.user_turns, ids)
    temperature, _, crossed = calibrate(logits, judged_rows, personas)
    probabilities = softmax(logits / temperature)
    limits = thresholds(probabilities, judged_rows, personas)
    own = {
        "cascade": cascade(mixed(fast_logits, fast_scale["temperature"], fast_scale["doubt"]), probabilities, judged_rows, personas),
        "traits": judge_traits(session, tokenizer, traits, data),
    }
    metrics = metrics_of(probabilities, judged_rows, personas, crossed, limits, own)
    with torch.no_grad():
        model.persona.weight /= temperature
        model.persona.bias /= temperature
    export_encoder(model.encoder, {"persona": model.persona, "trait": model.trait}, directions, f"{out}/model.onnx")
    shutil.copy(f"{fast}/model.onnx", f"{out}/bag.onnx")
    write_info(out, ids, temperature, limits, metrics, rows_path, traits, judged.shapes["featuriserVersion"])
    print(json.dumps({k: v for k, v in metrics.items() if k not in ("by_dataset", "confusion")}))


def open_model(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def run(session, inputs):
    persona = np.zeros((len(inputs), 57), np.float32)
    trait = np.zeros((len(inputs), len(TRAITS)), np.float32)
    order = np.argsort([len(ids) for ids, _ in inputs], kind="stable")
    for start in range(0, len(order), 16):
        part = order[start : start + 16]
        ids, mask, types = pad([inputs[i] for i in part])
        persona[part], trait[part], _ = session.run(None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": types})
    return persona, trait


def embedding_directions(model, tokenizer, rows, ids):
    """
    What the embedding is projected on [3 * WIDTH, EMBEDDING_WIDTH]: the principal directions of [both sides, the tokens' mean], the sides
    together and the mean of length 1 each, over training rows. Not centred; each is divided by the root of its deviation (root mean square), halfway to whitening, since a
    few directions that nearly all rows share would else outweigh the rest.
    """
    chosen = np.random.default_rng(SEED).choice(len(rows), EMBEDDED_ROWS, replace=False, p=row_weights(rows, soft_targets(rows, ids), ids, np.arange(len(rows))))
    inputs = [join_sides(u, a) for u, a in encode_sides(tokenizer, [rows[i]["messages"] for i in chosen])]
    parts = []
    with torch.no_grad():
        for _, batch in plan_batches(inputs, "embedded"):
            words, mask, types = (torch.from_numpy(x) for x in pad([inputs[i] for i in batch]))
            tokens, sides = model.encoder.tokens_and_sides(words, mask, types)
            parts.append(torch.cat([nn.functional.normalize(sides.flatten(1)), nn.functional.normalize(mean_pool(tokens, mask))], 1))
    found = torch.cat(parts).double().numpy()
    moments, directions = np.linalg.eigh(found.T @ found / len(found))
    largest = np.argsort(-moments)[:EMBEDDING_WIDTH]
    return (directions[:, largest] * moments[largest] ** -0.25).astype(np.float32)


def fit_traits(model, tokenizer, traits):
    """A linear head over the assistant's side; half of the rows are read under somebody's question, as rows of the product are."""
    random = np.random.default_rng(SEED)
    torch.manual_seed(SEED)
    kept = [row for row in traits if not row.get("held")]
    weights = trait_weights(kept) * np.array([PAIRED_WEIGHT if row.get("paired") else 1 for row in kept])
    chosen = [kept[i] for i in random.choice(len(kept), TRAIT_ROWS, p=weights / weights.sum())]
    sides = encode_sides(tokenizer, [row["messages"] for row in chosen])
    others = [a[:30] for _, a in sides]
    inputs = [join_sides(u or (others[random.integers(len(others))] if random.random() < 0.4 else []), a) for u, a in sides]
    goals = torch.tensor([[row["targets"].get(name, np.nan) for name in TRAITS] for row in chosen], dtype=torch.float32)
    pooled = torch.zeros((len(inputs), 384))
    order = np.argsort([len(ids) for ids, _ in inputs], kind="stable")
    with torch.no_grad():
        for start in range(0, len(order), 64):
            part = order[start : start + 64]
            pooled[part] = model.encoder(*(torch.from_numpy(x) for x in pad([inputs[i] for i in part])))[:, 1]
    head = nn.Linear(384, len(TRAITS))
    optimiser = torch.optim.AdamW(head.parameters(), lr=0.01, weight_decay=0.0)
    known = ~torch.isnan(goals)
    steps = 300
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = 0.01 * (1 - step / steps)
        losses = nn.functional.binary_cross_entropy_with_logits(head(pooled), torch.nan_to_num(goals), reduction="none")
        loss = ((losses * known).sum(0) / known.sum(0)).sum() + 3e-4 * head.weight.pow(2).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        model.trait.weight.zero_()
        model.trait.weight[:, 384:] = head.weight
        model.trait.bias.copy_(head.bias)


def judge_traits(session, tokenizer, traits, data):
    """Areas under the curve on held-out parts of the human-labelled files; the empathy file took no part in training at all."""
    held = [row for row in traits if row.get("held")]
    _, scores = run(session, [join_sides(u, a) for u, a in encode_sides(tokenizer, [row["messages"] for row in held])])
    origins = np.array([row["origin"] for row in held])
    result = {}
    for i, name in enumerate(TRAITS):
        goal = np.array([row["targets"].get(name, np.nan) for row in held], np.float32)
        for origin in np.unique(origins):
            mask = (origins == origin) & ~np.isnan(goal)
            if name == "politeness":
                # As usual with this corpus: the top quarter against the bottom quarter.
                low, high = np.quantile(goal[mask], [0.25, 0.75]) if mask.any() else (0, 0)
                result_mask = mask & ((goal <= low) | (goal >= high))
                if mask.any():
                    result[f"politeness_all_{origin}"] = round(area(scores[mask, i], goal[mask] >= 0.5), 4)
                    result[f"politeness_quarters_{origin}"] = round(area(scores[result_mask, i], goal[result_mask] >= high), 4)
            elif mask.any() and (goal[mask] >= 0.5).any() and (goal[mask] < 0.5).any():
                result[f"{name}_{origin}"] = round(area(scores[mask, i], goal[mask] >= 0.5), 4)
    felt = origins == HUMAN["positive"]
    targets = np.array([[row["targets"].get(name, np.nan) for name in HEADS] for row in held], np.float32)
    result["sentiment"] = round(sentiment_area(scores[felt], TRAITS, targets[felt]), 4)
    with open(f"{data}/trait_empathy_emotional_reactions.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    talks = [[{"role": "user", "content": row["seeker_post"]}, {"role": "assistant", "content": row["response_post"]}] for row in rows]
    _, scores = run(session, [join_sides(u, a) for u, a in encode_sides(tokenizer, talks)])
    level = np.array([int(row["level"]) for row in rows])
    result["empathy_emotional_reactions"] = round(area(scores[:, TRAITS.index("empathy")], level > 0), 4)
    result["support_emotional_reactions"] = round(area(scores[:, TRAITS.index("support")], level > 0), 4)
    return result


def write_info(out, ids, temperature, limits, metrics, rows_path, traits, featuriser):
    counts = {}
    for row in read_rows(rows_path):
        counts[row["origin"]] = counts.get(row["origin"], 0) + 1
    for row in traits:
        if row["origin"] not in counts or row["origin"] in ("goemotions", "formality_pavlick", "stanford_politeness"):
            counts[row["origin"]] = counts.get(row["origin"], 0) + 1
    info = {
        "kind": "sentence-encoder",
        "id": "minilm-v1",
        "task": "persona",
        "version": 1,
        "labels": ids,
        "traitHeads": TRAITS,
        "model": "model.onnx",
        "tokenizer": "tokenizer.json",
        "files": {name: hashlib.sha256(open(f"{out}/{name}", "rb").read()).hexdigest() for name in ("bag.onnx", "model.onnx", "tokenizer.json")},
        "outputs": {"persona": "persona_logits", "traits": "trait_logits", "embedding": "embedding"},
        "maximumTokens": LONGEST,
        "copyMark": COPY_MARK,
        "bag": {"model": "bag.onnx", "weight": round(BAG_WEIGHT / temperature, 4)},
        "featuriser": featuriser,
        "calibration": {"method": "temperature", "temperature": round(temperature, 4), "folded": True},
        "threshold": limits,
        "licence": "Apache-2.0 (weights start from all-MiniLM-L6-v2); trained on data under the licences listed in data",
        "data": [{"name": name, "licence": LICENCES[name], "rows": counts[name]} for name in sorted(counts)],
        "metrics": metrics,
    }
    with open(f"{out}/tagger.json", "w", encoding="utf-8") as file:
        json.dump(info, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
