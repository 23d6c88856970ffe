"""Writes the README of a persona tagger's folder from its tagger.json.

Usage: write_readme.py FOLDER DESCRIPTION.md
"""

import json
import sys


def main(folder, description_path):
    info = json.load(open(f"{folder}/tagger.json", encoding="utf-8"))
    metrics = info["metrics"]
    unseen = metrics["unseen_datasets"]
    parts = [f"# {info['id']}", open(description_path, encoding="utf-8").read().strip(), "## Quality on datasets that training did not see", QUALITY.format(**unseen)]
    views = ("all_labels", "among_classes")
    parts.append(table(["measure", "best of all 57 labels", "best of the 18 classes"], [[name.replace("_", " "), *(unseen[v][name] for v in views)] for name in unseen["all_labels"]]))
    parts.append(CALIBRATION.format(**metrics, **metrics["after_thresholds"]))
    parts.append(table(["measure", "best of all 57 labels", "best of the 18 classes"], [[name.replace("_", " "), *(metrics["cross_fitted"][v][name] for v in views)] for name in metrics["cross_fitted"]["all_labels"]]))
    parts += ["### Reliability", table(["confidence from", "share of rows", "mean confidence", "share right"], metrics["reliability"])]
    parts += ["### Confusion", "Share of each class by what its rows were taken for (0.02 and more; the class itself first where it was found)."]
    parts.append(table(["class", "right", "taken for"], [[name, row.get(name, 0), ", ".join(f"{k} {v}" for k, v in row.items() if k != name)] for name, row in metrics["confusion"].items()]))
    parts += ["### By dataset", table(["class / dataset", "right", "rows", "commonest answers"], [[k, *v] for k, v in metrics["by_dataset"].items()])]
    if "cascade" in metrics:
        parts += ["## Cascade", CASCADE, table(["share of the rows refined", "right"], metrics["cascade"])]
    if "traits" in metrics:
        parts += ["## Traits", "Area under the ROC curve on held-out parts of the human-labelled files, by head and file. The empathy file only measures: its licence keeps it out of the weights."]
        parts.append(table(["head and file", "area"], [[k.replace("_", " "), v] for k, v in metrics["traits"].items()]))
    parts += ["## Data", "Only files whose licence permits use in shipped weights; attribution as the licences ask. `exemplars` are `datasets/samples/*.jsonl` and `scripts/training/exemplars/*.jsonl`."]
    parts.append(table(["data", "licence", "rows"], [[d["name"], d["licence"], d["rows"]] for d in info["data"]]))
    with open(f"{folder}/README.md", "w", encoding="utf-8") as out:
        out.write("\n\n".join(parts) + "\n")


QUALITY = """{rows} rows of the 18 personas that public files name by origin; every class counts alike, and inside a class every dataset. A dataset is judged by a model trained without it (three folds of whole datasets, `scripts/training/yardstick.py`), or, where its licence keeps it out of training, by the shipped model. Some cells cannot be right: where a class has one dataset in a form of its own (tool names as answers, tarot cards without a question), nothing else teaches that form."""


CALIBRATION = """Thresholds aim at a precision of {threshold_precision}: {coverage:.0%} of the rows reach theirs, and {precision:.0%} of these are right; the others become `general_assistant`. Thresholds stay between 0.12 and 0.6; labels that the yardstick cannot judge have 0.35, and nobody knows their precision.

The temperature was chosen on the same rows. When each sixth of the datasets is judged by the temperature of the others:"""


CASCADE = """The same rows, best of all labels, when the accurate tier decides those of which the fast tier is least sure and corrects no others (`cascade.correct: false`). 0 is the fast tier alone. What correcting the others brings stands in `bench/results.md`."""


def table(head, rows):
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(str(c) for c in row) + " |" for row in rows)])


main(*sys.argv[1:])
