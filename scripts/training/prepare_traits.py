"""Writes the rows of the trait heads: one assistant text each, with a target per head (absent where the row says nothing of it).

Usage: prepare_traits.py DATA_FOLDER PERSONA_ROWS.jsonl OUT.jsonl
A tenth of each human-labelled file is marked "held": it measures and trains nothing. "paired" are our own replies that differ in
warmth and little else. Weights make the human labels count.
Heads: formality (0 casual … 1 formal), positive and negative (sentiment towards what is discussed), support, humour, politeness, empathy.
"""

import csv
import json
import os
import random
import re
import sys

from sources import Reader, turn

POSITIVE = {"admiration", "approval", "excitement", "gratitude", "joy", "love", "optimism", "pride", "relief"}
NEGATIVE = {"anger", "annoyance", "disappointment", "disapproval", "disgust"}
# Registers of whole collections, far from the middle; they teach the head other domains than single news and forum sentences.
FORMALITY = {"medquad": 0.9, "strategyqa": 0.85, "folio": 0.8, "personachat": 0.12, "topical_chat": 0.2, "synthetic_persona_chat": 0.3, "crd3": 0.15, "goemotions": 0.15}
FACTUAL = {"medquad", "open_trivia_qa", "nq_open", "gsm8k", "strategyqa", "bfcl", "conala", "nl2bash", "humanevalpack", "code_assist_bench", "sgd", "taskmaster4", "fairytaleqa", "ecare", "perspectrum"}
# Replies to the same kinds of post with and without an emotional reaction (Sharma et al. 2020: warmth, compassion, concern); the
# files on empathy only measure. A persona says little about it: supporters ask and advise as well.
EMPATHY_PAIRS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "empathy_pairs.jsonl")
SUPPORTIVE = {"empathetic_counselor", "supportive", "grief_companion", "active_listener", "motivational_coach", "conflict_mediator", "wellness_coach"}


def joined(text):
    """Tokenised text as people write it."""
    for pattern, into in ((r" (n't|'s|'m|'re|'ve|'ll|'d)\b", r"\1"), (r" ([.,!?;:%)\]])", r"\1"), (r"([(\[$]) ", r"\1"), (r"``\s*|\s*''", '"')):
        text = re.sub(pattern, into, text)
    return text


def main(data_folder, persona_rows, out_path):
    r = Reader(data_folder, 5)
    chance = random.Random(5)
    rows = []

    def add(origin, text, weight=1.0, held=False, paired=False, asked=None, **targets):
        text = text.replace("[NAME]", "Sam").strip()
        if text:
            messages = turn(asked, text) if asked else [{"role": "assistant", "content": text}]
            row = {"messages": messages, "origin": origin, "targets": targets, "weight": weight}
            rows.append({**row, **({"held": True} if held else {}), **({"paired": True} if paired else {})})

    for row in r.table("trait_formality_pavlick.csv"):
        add("formality_pavlick", joined(row["text"]), 3, chance.random() < 0.1, formality=min(0.98, max(0.02, 0.5 + float(row["score"]) / 3)))
    for name in ("wikipedia", "stackexchange"):
        for row in r.table(f"trait_politeness_{name}.csv.gz"):
            polite = min(0.98, max(0.02, 0.5 + float(row["Normalized Score"]) / 2))
            add("stanford_politeness", row["Request"].replace("<url>", "this page"), 1.5, chance.random() < 0.1, politeness=polite)
    for row in r.lines("trait_goemotions_train.jsonl.gz"):
        labels = set(row["labels"])
        add(
            "goemotions",
            row["text"],
            1.0,
            chance.random() < 0.1,
            positive=1.0 if labels & POSITIVE else (0.5 if "amusement" in labels else 0.0),
            negative=1.0 if labels & NEGATIVE else 0.0,
            support=1.0 if "caring" in labels else 0.0,
            humour=0.8 if "amusement" in labels else 0.0,
        )
    with open(persona_rows, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            origin, persona = row["origin"], row["persona"]
            text = "\n".join(m["content"] for m in row["messages"] if m["role"] == "assistant")
            if origin != "exemplars" and chance.random() > 0.25 and persona not in SUPPORTIVE and persona != "humorist":
                continue
            targets = {"support": 1.0 if persona in SUPPORTIVE and origin != "goemotions" else 0.0, "humour": 1.0 if persona == "humorist" else 0.0}
            if origin == "goemotions":
                continue
            if origin in FORMALITY:
                targets["formality"] = FORMALITY[origin]
            if origin in FACTUAL:
                targets.update(positive=0.0, negative=0.0, empathy=0.0)
            if "empathy" in row:
                targets["empathy"] = row["empathy"]
            add(origin, text[:900], 2.0 if origin == "exemplars" else 0.5, paired="empathy" in row, **targets)
    with open(EMPATHY_PAIRS, encoding="utf-8") as file:
        for row in map(json.loads, file):
            add("exemplars", row["reply"], 2.0, paired=True, asked=row["post"], empathy=row["empathy"])
    chance.shuffle(rows)
    with open(out_path, "w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row) + "\n")
    print(len(rows), "rows", file=sys.stderr)


csv.field_size_limit(1 << 30)
main(*sys.argv[1:])
