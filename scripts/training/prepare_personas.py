"""Writes the labelled rows of the persona tagger: public files by origin, and the exemplars (datasets/samples, exemplars/).

Usage: prepare_personas.py DATA_FOLDER SAMPLES_FOLDER OUT.jsonl
"""

import glob
import json
import os
import sys

from labelling_rules import MIXED, weak_label
from sources import read_all, turn
from transcript import quoted_turns


def as_history(messages):
    """The earlier turns as labelled lines under the last request, as instruction data keep them: the form must name no persona."""
    if len(messages) < 3 or messages[-1]["role"] != "assistant" or messages[-2]["role"] != "user":
        return messages
    lines = "\n".join(f"{'User' if m['role'] == 'user' else 'Assistant'}: {m['content']}" for m in messages[:-2])
    return turn(f"{messages[-2]['content']}\n\n{lines}", messages[-1]["content"])


def main(data_folder, samples_folder, out_path):
    counts = {}
    with open(out_path, "w", encoding="utf-8") as out:

        def write(origin, persona, messages, **more):
            # Tool calls reach the product either as text or as calls of the message; both forms must be known.
            calls = origin in ("bfcl", "seal_tools", "glaive_demo", "reason_tool_use") and len(messages[-1]["content"]) % 2 == 0
            counts[origin, persona] = counts.get((origin, persona), 0) + 1
            out.write(json.dumps({"messages": quoted_turns(messages), "persona": persona, "origin": origin, "tool_calls": calls, **more}) + "\n")

        for origin, persona, messages in read_all(data_folder):
            label = weak_label(messages) if origin in MIXED else persona
            if label:
                write(origin, label, messages)
        own = os.path.join(os.path.dirname(os.path.abspath(__file__)), "exemplars")
        for path in [found for folder in (samples_folder, own) for found in sorted(glob.glob(os.path.join(folder, "*.jsonl")))]:
            with open(path, encoding="utf-8") as file:
                for line in file:
                    row = json.loads(line)
                    messages = row.get("messages") or turn("\n".join(filter(None, [row.get("instruction"), row.get("input")])), row["output"])
                    marks = {"empathy": row["empathy"]} if "empathy" in row else {}
                    write("exemplars", row["persona"], messages, **marks)
                    folded = as_history(messages)
                    if folded is not messages:
                        write("exemplars", row["persona"], folded)
    for (origin, persona), count in sorted(counts.items()):
        print(f"{origin:24} {persona:24} {count}", file=sys.stderr)


main(*sys.argv[1:])
