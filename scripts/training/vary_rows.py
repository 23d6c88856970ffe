"""Writes variants of training rows, for teachers to judge (train_encoder.py) and the fast tier to learn from.

Usage: vary_rows.py ROWS.jsonl PERSONAS.json OUT.jsonl
A variant has lost some of its words, half of its answer or its request, stands under another row's request or beside another row. What
it then is only a teacher can tell: `origins` names the datasets of both rows, so that a fold never learns of those it leaves out.
(Augmentation for distillation: Tang et al. 2019, Distilling Task-Specific Knowledge from BERT; Jiao et al. 2020, TinyBERT.)
"""

import json
import re
import sys
from collections import Counter

import numpy as np
from features import read_rows
from targets import row_weights, soft_targets
from train_encoder import without_leaks
from train_personas import EXEMPLAR_SHARE

SEED = 5
VARIANTS = 50_000
PIECE = re.compile(r"(?<=[.!?])(?=\s)|(?=\n)")


def main(rows_path, personas_path, out_path):
    random = np.random.default_rng(SEED)
    rows = read_rows(rows_path)
    ids = [p["id"] for p in json.load(open(personas_path, encoding="utf-8"))]
    targets = soft_targets(rows, ids)
    weights = row_weights(rows, targets, ids, np.arange(len(rows)), exemplar_share=EXEMPLAR_SHARE)
    drawn = random.choice(len(rows), VARIANTS, p=weights)
    counts = Counter()
    with open(out_path, "w", encoding="utf-8") as out:
        for place in drawn:
            row = rows[place]
            messages = plain(row["messages"])
            if random.random() < 0.5:
                messages = without_leaks(messages, random)
            way, varied, other = vary(messages, lambda: rows[int(random.choice(drawn))], random)
            counts[way] += 1
            origins = [row["origin"], other["origin"]] if other else [row["origin"]]
            # Calls of the message belong to the whole answer.
            calls = bool(row["tool_calls"]) and varied[-1:] == messages[-1:]
            out.write(json.dumps({"messages": varied, "origins": origins, "tool_calls": calls}) + "\n")
    print(dict(counts), file=sys.stderr)


def vary(messages, another, random):
    """The way, the variant, and the other row that has a part in it, or None."""
    chance = random.random()
    answers = places(messages, "assistant")
    if chance < 0.25 and answers:
        return "cut", [cut(m, random) if i == answers[-1] or (i in answers and random.random() < 0.5) else m for i, m in enumerate(messages)], None
    if chance < 0.35 and answers:
        return "without request", [m for m in messages if m["role"] != "user"], None
    if chance < 0.55:
        other = another()
        requests = [m for m in plain(other["messages"]) if m["role"] == "user"]
        if requests and answers:
            return "other request", under(requests, messages, answers), other
    elif chance < 0.75:
        share = random.uniform(0.1, 0.5)
        return "fewer words", [{**m, "content": without_words(m["content"], share, random)} for m in messages], None
    elif chance < 0.85 and len(messages) > 3:
        start = int(random.choice(places(messages, "user") or [0]))
        return "some turns", messages[start : int(random.integers(start + 1, len(messages))) + 1], None
    elif chance < 0.95:
        other = another()
        return "two rows", joined(messages, plain(other["messages"]), random), other
    return "as it is", messages, None


def cut(message, random):
    return {**message, "content": window(message["content"], random)}


def under(requests, messages, answers):
    if len(places(messages, "user")) == 1:
        return [requests[-1] if m["role"] == "user" else m for m in messages]
    return [requests[0], messages[answers[0]]]


def joined(messages, other, random):
    """One answer after the other, or one conversation after the other."""
    answers, others = places(messages, "assistant"), places(other, "assistant")
    if random.random() < 0.5 and answers and others:
        parts = [window(messages[answers[-1]]["content"], random), window(other[others[-1]]["content"], random)]
        return [*messages[: answers[-1]], {"role": "assistant", "content": "\n\n".join(parts)}]
    return other + messages


def plain(messages):
    return [{"role": m["role"], "content": m["content"]} for m in messages]


def places(messages, role):
    return [i for i, m in enumerate(messages) if m["role"] == role]


def window(text, random):
    """Some sentences or lines in a row; of a short text some words."""
    pieces = [piece for piece in PIECE.split(text) if piece]
    if len(pieces) < 3:
        words = text.split(" ")
        if len(words) < 12:
            return text
        start = random.integers(0, len(words) // 2)
        return " ".join(words[start : random.integers(start + 5, len(words) + 1)])
    count = max(1, round(len(pieces) * random.uniform(0.15, 0.8)))
    start = random.integers(0, len(pieces) - count + 1)
    return "".join(pieces[start : start + count]).strip() or text


def without_words(text, share, random):
    parts = re.split(r"(\s+)", text)
    words = [word + space for word, space in zip(parts[::2], [*parts[1::2], ""])]
    return "".join(word for word in words if random.random() > share).strip() or text


if __name__ == "__main__":
    main(*sys.argv[1:])
