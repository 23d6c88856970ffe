"""Soft targets and weights of labelled rows."""

import numpy as np
from yardstick import COARSE

# Of a row whose file is known under a coarser persona too, this share of its target is the coarse one's. A fine persona
# wins where its own exemplars speak for it; parent and child confused is the cheapest way to lose accuracy.
COARSE_SHARE = 0.6

# Personas that public files name by origin count this much more than the others, which have exemplars and rules alone.
ORIGIN_CLASSES = (
    "analytical_reasoner api_specialist code_expert conversational_agent creative_storyteller critical_debater debugging_assistant empathetic_counselor "
    "esoteric_scholar factual_informant math_tutor multi_turn narrative_writer problem_solver qa_specialist safety_guardian supportive tool_orchestrator"
).split()
ORIGIN_WEIGHT = 3.0
EXEMPLAR_SHARE = 0.5
TEACHER_SHARE = 0.6


def soft_targets(rows, ids):
    targets = np.zeros((len(rows), len(ids)), np.float32)
    for i, row in enumerate(rows):
        fine, coarse = COARSE.get(row["origin"], (None, None))
        if row["persona"] == fine:
            targets[i, ids.index(fine)] = 1 - COARSE_SHARE
            targets[i, ids.index(coarse)] = COARSE_SHARE
        else:
            targets[i, ids.index(row["persona"])] = 1
    return targets


def taught(targets, teachers):
    """
    Targets of which TEACHER_SHARE is the mean of what the teachers (train_encoder.py --teaches) that know the row say of it
    (distillation, Hinton et al. 2015); a row that none knows keeps its own.
    """
    said, known = mean_of(teachers, targets.shape)
    share = TEACHER_SHARE * known[:, None]
    return (1 - share) * targets + share * said


def mean_of(teachers, shape):
    """What the teachers that know a row say of it in the mean [rows, classes], and whether any does [rows]."""
    said, known = np.zeros(shape, np.float32), np.zeros(shape[0], np.float32)
    for path in teachers:
        teacher = np.load(path)
        said[teacher["rows"]] += teacher["probabilities"]
        known[teacher["rows"]] += 1
    return said / np.maximum(known, 1)[:, None], (known > 0).astype(np.float32)


def row_weights(rows, targets, ids, picked, origin_weight=ORIGIN_WEIGHT, exemplar_share=EXEMPLAR_SHARE):
    """Weights of the picked rows, sum 1: a class's mass is fixed, its datasets share it alike, its exemplars have their own share."""
    lead = targets[picked].argmax(1)
    origins = np.array([rows[i]["origin"] for i in picked])
    weight = np.zeros(len(picked))
    for c in np.unique(lead):
        inside = lead == c
        names = [o for o in np.unique(origins[inside]) if o != "exemplars"]
        # A set of a few rows must not weigh as much as a large one.
        sizes = np.array([min(1.0, (inside & (origins == o)).sum() / 60) for o in names])
        own = (inside & (origins == "exemplars")).sum()
        share = exemplar_share * min(1, own / 30) if names and own else (1.0 if own else 0.0)
        mass = origin_weight if ids[c] in ORIGIN_CLASSES else 1.0
        if own:
            weight[inside & (origins == "exemplars")] = mass * share / own
        for name, size in zip(names, sizes):
            mask = inside & (origins == name)
            weight[mask] = mass * (1 - share) * size / sizes.sum() / mask.sum()
    return weight / weight.sum()
