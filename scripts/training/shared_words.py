"""Prints exemplars that share words in a row with the public files: none may repeat a sentence of theirs.

Usage: shared_words.py DATA_FOLDER [LINES.jsonl …], without files the exemplars. Short idioms of code and set phrases are found as
well; a person decides.
"""

import glob
import gzip
import json
import os
import re
import sys

IN_A_ROW = 10
WORD = re.compile(r"[a-z0-9']+")
# Long lines are read in parts of this many characters.
PART = 200_000


def shingles(text):
    words = WORD.findall(text.lower())
    return [tuple(words[i : i + IN_A_ROW]) for i in range(len(words) - IN_A_ROW + 1)]


def main(data_folder, *paths):
    own = os.path.join(os.path.dirname(os.path.abspath(__file__)), "exemplars", "*.jsonl")
    places = {}
    for path in paths or sorted(glob.glob(own)):
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                for message in json.loads(line)["messages"]:
                    for shingle in shingles(message["content"]):
                        places.setdefault(shingle, f"{os.path.basename(path)}:{number}")
    found = {}
    for path in sorted(glob.glob(f"{data_folder}/*")):
        if not re.search(r"\.(jsonl?|csv|tsv)(\.gz)?$", path):
            continue
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") if path.endswith(".gz") else open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                for start in range(0, len(line), PART):
                    text = line[start : start + PART].replace("\\n", " ").replace('\\"', '"')
                    for shingle in shingles(text):
                        if shingle in places:
                            found.setdefault(places[shingle], (os.path.basename(path), " ".join(shingle)))
    for place, (name, words) in sorted(found.items()):
        print(f"{place}: {name}: {words}")
    print(f"{len(found)} rows", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
