"""Vectors of frequent words from the sentence encoder, placed in the buckets that the featuriser gives these words.

Usage: word_vectors.py list ROWS.jsonl WORDS.jsonl        (then export-features.ts WORDS.jsonl PREFIX)
       word_vectors.py place WORDS.jsonl PREFIX MINILM_FOLDER OUT.npy
OUT: float32 [buckets, DIMENSIONS]; rows of buckets without a known word are zero. Common words weigh less (smooth inverse
frequency), so that a bag of such vectors says what a text is about.
"""

import json
import re
import sys
from collections import Counter

import numpy as np

WORDS = 22000
DIMENSIONS = 96
SMOOTH = 1e-3
WORD = re.compile(r"[A-Za-z][A-Za-z']*[A-Za-z]|[A-Za-z]")


def list_words(rows_path, out_path):
    counts = Counter()
    for line in open(rows_path, encoding="utf-8"):
        row = json.loads(line)
        weight = 20 if row["origin"] == "exemplars" else 1
        text = " ".join(m["content"][:1500] for m in row["messages"]).lower()
        for word in set(WORD.findall(text)):
            counts[word] += weight
    with open(out_path, "w", encoding="utf-8") as out:
        for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:WORDS]:
            out.write(json.dumps({"messages": [{"role": "assistant", "content": word}], "word": word, "count": count}) + "\n")


def place(words_path, prefix, minilm, out_path):
    import torch
    from encoder import load_encoder, mean_pool
    from features import Features
    from tokens import open_tokenizer, pad

    torch.set_num_threads(2)
    words = [json.loads(line) for line in open(words_path, encoding="utf-8")]
    features = Features(prefix)
    tokenizer = open_tokenizer(f"{minilm}/tokenizer.json")
    ids = [([101, *e.ids[:8], 102], 0) for e in tokenizer.encode_batch([w["word"] for w in words], add_special_tokens=False)]
    model = load_encoder(f"{minilm}/model.safetensors", 6).eval()
    vectors = np.zeros((len(words), 384), np.float32)
    order = np.argsort([len(i) for i, _ in ids], kind="stable")
    with torch.no_grad():
        for part in np.array_split(order, len(order) // 256):
            batch, mask, _ = pad([ids[i] for i in part])
            batch, mask = torch.from_numpy(batch), torch.from_numpy(mask)
            vectors[part] = mean_pool(model(batch, mask, torch.zeros_like(batch)), mask).numpy()
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    counts = np.array([w["count"] for w in words], np.float64)
    share = counts / counts.sum() * 100
    inverse = (SMOOTH * 100 / (SMOOTH * 100 + share)).astype(np.float32)
    vectors -= vectors.mean(0)
    _, _, axes = np.linalg.svd(vectors, full_matrices=False)
    reduced = vectors @ axes[:DIMENSIONS].T * inverse[:, None]
    table = np.zeros((features.shapes["bucketCount"], DIMENSIONS), np.float32)
    total = np.zeros(len(table))
    for i in range(len(words)):
        # One feature: the word itself. Words that the scanner splits have no bucket of their own.
        bucket, second = features.assistant[i, 0], features.assistant[i, 1]
        if second == 0:
            table[bucket] += reduced[i] * counts[i]
            total[bucket] += counts[i]
    table[total > 0] /= total[total > 0, None]
    table /= np.sqrt((table[total > 0] ** 2).sum(1).mean())
    np.save(out_path, table.astype(np.float32))
    print(int((total > 0).sum()), "buckets hold words")


if __name__ == "__main__":
    {"list": list_words, "place": place}[sys.argv[1]](*sys.argv[2:])
