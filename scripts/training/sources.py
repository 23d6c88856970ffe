"""Labelled rows from public files, by dataset of origin. Every reader yields (persona, messages).

Only files whose licence permits use in shipped weights are read; LICENCES is copied into tagger.json.
Left out on purpose: non-commercial (code_alpaca_2k, new_codealpaca, esconv, empathetic_dialogues, dailydialog), GPL (MELD),
and files without a clear licence for their text (logiqa, debugbench, leetcode_solutions, public_domain_poems, debatewise,
iching_wilhelm, coqa, tweeteval, empathy-mental-health, most of esoteric_texts).
"""

import csv
import gzip
import json
import random
import re

LICENCES = {
    "conala": "MIT; text from Stack Overflow, CC BY-SA",
    "nl2bash": "MIT",
    "humanevalpack": "MIT",
    "human_eval": "MIT",
    "code_assist_bench": "Apache-2.0",
    "counsel_chat": "MIT",
    "gsm8k": "MIT",
    "mathdial": "CC BY-SA 4.0",
    "aqua_rat": "Apache-2.0",
    "strategyqa": "MIT",
    "ecare": "MIT",
    "folio": "CC BY-SA 4.0",
    "perspectrum": "CC BY-SA 4.0",
    "persuasion_for_good": "Apache-2.0",
    "gpteacher_roleplay": "MIT",
    "fairytaleqa": "Apache-2.0; tales are public domain",
    "crd3": "CC BY-SA 4.0",
    "alpaca_en_demo": "Apache-2.0",
    "chatml_demo": "Apache-2.0",
    "self_instruct": "Apache-2.0",
    "oasst": "Apache-2.0",
    "personachat": "CC BY 4.0",
    "synthetic_persona_chat": "CC BY 4.0",
    "topical_chat": "CDLA-Sharing-1.0",
    "msc": "CC BY 4.0",
    "sgd": "CC BY-SA 4.0",
    "taskmaster4": "CC BY 4.0",
    "bfcl": "Apache-2.0",
    "gorilla_apibench": "Apache-2.0",
    "gpteacher_toolformer": "MIT",
    "seal_tools": "Apache-2.0",
    "glaive_demo": "Apache-2.0",
    "reason_tool_use": "Apache-2.0",
    "toolbench": "Apache-2.0",
    "taskbench": "MIT",
    "metatool": "MIT",
    "medquad": "CC BY 4.0",
    "open_trivia_qa": "CC BY-SA 4.0",
    "nq_open": "CC BY-SA 3.0",
    "webquestions": "CC BY 4.0",
    "commonsenseqa": "MIT",
    "esoteric_cc0": "CC0-1.0",
    "hh_rlhf": "MIT",
    "diasafety": "Apache-2.0",
    "ethics": "MIT",
    "goemotions": "Apache-2.0",
    "formality_pavlick": "CC BY 3.0",
    "stanford_politeness": "Apache-2.0",
    "exemplars": "MIT (this project)",
}


class Reader:
    def __init__(self, folder, seed):
        self.folder = folder
        self.random = random.Random(seed)

    def open(self, name):
        path = f"{self.folder}/{name}"
        return gzip.open(path, "rt", encoding="utf-8") if name.endswith(".gz") else open(path, encoding="utf-8")

    def lines(self, name):
        with self.open(name) as file:
            return [json.loads(line) for line in file if line.strip()]

    def whole(self, name):
        with self.open(name) as file:
            return json.load(file)

    def table(self, name):
        csv.field_size_limit(1 << 30)
        with self.open(name) as file:
            return list(csv.DictReader(file))

    def sample(self, rows, count):
        rows = list(rows)
        self.random.shuffle(rows)
        return rows[:count]


def turn(asked, answered):
    messages = []
    if asked and asked.strip():
        messages.append({"role": "user", "content": asked})
    if answered and answered.strip():
        messages.append({"role": "assistant", "content": answered})
    return messages


def dialogue(pairs, rng, minimum=1, maximum=8):
    """A stretch of a dialogue that ends with the assistant; half of them with the history as text in the user's message."""
    last = rng.randint(min(minimum, len(pairs)), min(maximum, len(pairs)))
    kept = pairs[:last]
    if len(kept) > 1 and rng.random() < 0.5:
        history = "\n".join(f"User: {a}\nAssistant: {b}" for a, b in kept[:-1])
        return turn(kept[-1][0] + "\n" + history, kept[-1][1])
    return [m for a, b in kept for m in turn(a, b)]


def pair_up(utterances):
    """[(is_user, text)] to [(user, assistant)], joining runs of one speaker."""
    runs = []
    for is_user, text in utterances:
        if runs and runs[-1][0] == is_user:
            runs[-1][1] += " " + text
        else:
            runs.append([is_user, text])
    if runs and not runs[0][0]:
        runs.insert(0, [True, ""])
    return [(runs[i][1], runs[i + 1][1]) for i in range(0, len(runs) - 1, 2)]


def read_all(folder, seed=7):
    """Yields (origin, persona, messages)."""
    r = Reader(folder, seed)
    for origin, function in READERS:
        for persona, messages in function(r):
            if messages and sum(len(m["content"]) for m in messages) < 12000:
                yield origin, persona, messages


def conala(r):
    for row in r.lines("conala.jsonl.gz"):
        yield "code_expert", turn(row["rewritten_intent"] or row["intent"], row["snippet"])


def nl2bash(r):
    for row in r.sample(r.lines("nl2bash.jsonl.gz"), 3000):
        yield "devops_engineer", turn(row["nl"], row["cmd"])


def humanevalpack(r):
    for row in r.lines("humanevalpack.jsonl.gz"):
        asked = row.get("instruction") or row["prompt"]
        yield "code_expert", turn(r.random.choice([asked, row["prompt"]]), row["canonical_solution"])
        fix = r.random.choice(["Fix the bug in this code.", "This does not pass its tests. What is wrong?", "Find the defect and repair it.", ""])
        yield "debugging_assistant", turn(f"{asked}\n{fix}\n{row['declaration']}{row['buggy_solution']}\n{row['test'][:600]}", row["canonical_solution"])
        why = f"The defect: {row['bug_type']}; it shows as {row['failure_symptoms']}. Corrected version:\n{row['canonical_solution']}"
        yield "debugging_assistant", turn(f"{fix}\n{row['prompt']}{row['buggy_solution']}", why)


def human_eval(r):
    for row in r.lines("human_eval.jsonl.gz"):
        yield "code_expert", turn(row["prompt"], row["canonical_solution"])


def code_assist_bench(r):
    for row in r.lines("code_assist_bench_recent.jsonl.gz"):
        for comment in (row.get("comments") or [])[:3]:
            body = comment.get("body") if isinstance(comment, dict) else None
            if body and len(body) > 40:
                yield "debugging_assistant", turn(f"{row['title']}\n{row['body'] or ''}"[:4000], body[:4000])


def counsel_chat(r):
    for row in r.table("counsel_chat.csv"):
        persona = "grief_companion" if "grief" in row["topic"] else "empathetic_counselor"
        yield persona, turn(f"{row['questionTitle']}\n{row['questionText']}", row["answerText"])


def gsm8k(r):
    for row in r.sample(r.lines("gsm8k_train.jsonl"), 2200):
        yield "math_tutor", turn(row["question"], re.sub(r"<<[^>]*>>", "", row["answer"]).replace("####", "Answer:") if r.random.random() < 0.5 else row["answer"])


def mathdial(r):
    for row in r.lines("mathdial_test.jsonl.gz"):
        says = [part.split(":", 1) for part in row["conversation"].split("|EOM|") if ":" in part]
        pairs = pair_up([(who.strip() != "Teacher", re.sub(r"\((generic|focus|probing|telling)\)", "", text).strip()) for who, text in says])
        if pairs:
            pairs = [(row["question"] + " " + pairs[0][0], pairs[0][1])] + pairs[1:]
            for _ in range(2):
                yield "math_tutor", dialogue(pairs, r.random)
            yield "math_tutor", turn(row["question"] + "\n" + row["student_incorrect_solution"], "\n".join(b for _, b in pairs))


def aqua_rat(r):
    for row in r.lines("aqua_rat_dev_test.jsonl"):
        yield "math_tutor", turn(row["question"] + "\n" + "\n".join(row["options"]), row["rationale"])


def strategyqa(r):
    for row in r.whole("strategyqa.json"):
        steps = " ".join(row["facts"])
        answer = "Yes" if row["answer"] else "No"
        yield "analytical_reasoner", turn(row["question"] + ("\n" + steps if r.random.random() < 0.4 else ""), r.random.choice([f"{steps} So the answer is {answer.lower()}.", answer, " ".join(row["decomposition"]) + f" {steps} {answer}."]))


def ecare(r):
    for row in r.sample(r.lines("ecare_causal_reasoning.jsonl.gz"), 1800):
        options = [row["hypothesis1"], row["hypothesis2"]]
        asked = f"{row['premise']} What is the {row['ask-for']}?\nA. {options[0]}\nB. {options[1]}"
        yield "causal_analyst", turn(asked, r.random.choice(["AB"[row["label"]], options[row["label"]]]))
    for row in r.sample(r.lines("ecare_explanations.jsonl.gz"), 1200):
        yield "causal_analyst", turn(r.random.choice([f"{row['cause']} {row['effect']} Why?", f"How does this cause lead to this effect? {row['cause']} {row['effect']}"]), row["conceptual_explanation"])


def folio(r):
    for row in r.lines("folio.jsonl.gz"):
        premises = row["premises"] if isinstance(row["premises"], str) else " ".join(row["premises"])
        yield "analytical_reasoner", turn(f"{premises}\n{row['conclusion']}", r.random.choice([str(row["label"]), f"From the premises, the conclusion is {str(row['label']).lower()}."]))


def perspectrum(r):
    for row in r.sample(r.lines("perspectrum.jsonl.gz"), 2500):
        count = r.random.randint(1, 3)
        yield "critical_debater", turn(row["claim"], " ".join(row["perspectives"][:count]))


def persuasion_for_good(r):
    talks = {}
    for row in r.table("persuasion_for_good.csv"):
        talks.setdefault(row["B2"], []).append((row["B4"] == "1", row["Unit"]))
    for talk in talks.values():
        pairs = pair_up(talk)
        if len(pairs) > 2:
            yield "critical_debater", turn(*pairs[r.random.randrange(1, len(pairs))])
            yield "critical_debater", dialogue(pairs[1:], r.random, 2, 4)


def gpteacher_roleplay(r):
    for row in r.whole("gpteacher_roleplay.json"):
        asked = f"{row['instruction']}\n{row['input']}"
        tale = re.search(r"\b(story|tale|narrat|scene|write a|describe (a|the|your) (adventure|journey|encounter))", row["instruction"], re.I)
        act = re.match(r"(act as|pretend|take on the role|assume the role|you are|roleplay|speak as|embody|respond as)", row["instruction"], re.I)
        yield ("creative_storyteller" if tale or not act or len(row["response"]) > 700 else "roleplay_character"), turn(asked, row["response"])


def fairytaleqa(r):
    tales = {}
    for row in r.lines("fairytaleqa_stories.jsonl.gz"):
        tales.setdefault(row["story"], {})[str(row["section"])] = row["text"]
    for sections in tales.values():
        ordered = [sections[key] for key in sorted(sections, key=int)]
        for before, after in zip(ordered[::2], ordered[1::2]):
            yield "narrative_writer", turn(before if r.random.random() < 0.7 else "", after)
    for row in r.sample(r.lines("fairytaleqa_questions.jsonl.gz"), 3000):
        passage = tales.get(row["story"], {}).get(row["cor_section"].split(",")[0])
        if passage and r.random.random() < 0.75:
            yield "reading_comprehender", turn(r.random.choice([f"{passage}\n{row['question']}", f"{row['question']}\n{passage}"]), row["answer1"])
        elif r.random.random() < 0.5:
            yield "qa_specialist", turn(row["question"], row["answer1"])


def crd3(r):
    for row in r.sample(r.lines("crd3_dnd.jsonl.gz"), 1000):
        text = "\n".join(f"{' and '.join(t['names'])}: {t['text'] if isinstance(t['text'], str) else ' '.join(t['text'])}" for t in row["turns"])
        yield "narrative_writer", turn(row["summary"], text[:3000])
        yield "narrative_writer", turn("", row["summary"])


RULES = [
    ("summarizer", r"^(please )?(summari[sz]e|condense|give (me )?a (brief )?summary|tl;?dr|shorten)"),
    ("poet", r"\b(write|compose|create|generate|make)\b.{0,40}\b(poem|haiku|limerick|sonnet|verse|ballad|ode|rhyme|lyrics)\b"),
    ("humorist", r"\b(joke|pun|funny|humou?rous|satir|parody)\b"),
    ("creative_storyteller", r"\b(write|tell|create|generate|compose)\b.{0,40}\b(story|tale|fable|fairy ?tale)\b"),
    ("creative_writer", r"\b(slogan|tag ?line|advert|ad copy|catchy|metaphor|simile|headline|brand name|product description|marketing copy|personif)"),
    ("explorer", r"\b(brainstorm|suggest (some|\w+ ideas)|come up with|ideas for|generate (a list of|\w+ ideas)|give me (some|\w+) ideas)"),
    ("business_strategist", r"\b(business plan|marketing strateg|market analysis|swot|competitive|go-to-market|business model)\b"),
    ("data_analyst", r"\b(sql|dataset|data set|table below|correlation|standard deviation|statistic)"),
    ("math_tutor", r"\b(calculate|solve the equation|simplify the expression|find the (area|perimeter|derivative|sum)|square root)\b"),
    ("code_expert", r"\b(write|create|implement)\b.{0,30}\b(function|program|script|code|html|css|regex)\b"),
    ("step_by_step_explainer", r"\b(explain how|how does|how do i|step[- ]by[- ]step|steps (to|for|of)|describe the process)"),
    ("instruction_follower", r"^(rewrite|edit|reformat|convert|translate|classify|categori[sz]e|identify|correct|arrange|sort|replace|rearrange|label|extract|paraphrase|change|transform)\b"),
    ("critical_debater", r"\b(argue|argument (for|against)|debate|pros and cons|counter-?argument)\b"),
    ("factual_informant", r"^(what (is|are|was|were|causes)|who (is|was)|explain|describe|define|name|tell me about|provide (some )?information|list (the|some|three|five)|give (an|some) (example|overview|information))\b"),
]


def by_rule(asked, extra=""):
    for persona, pattern in RULES:
        if re.search(pattern, asked[:300], re.I):
            if persona == "summarizer" and len(extra) < 100 and len(asked) < 250:
                continue
            return persona
    return "general_assistant"


def alpaca_en_demo(r):
    for row in r.whole("alpaca_en_demo.json"):
        yield by_rule(row["instruction"], row["input"]), turn(f"{row['instruction']}\n{row['input']}", row["output"])


def chatml_demo(r):
    for row in r.lines("chatml_messages_demo.jsonl"):
        messages = [{"role": m["role"], "content": "".join(p["value"] for p in m["content"])} for m in row["messages"]]
        users = [m["content"] for m in messages if m["role"] == "user"]
        if users and len(messages) >= 2:
            yield by_rule(users[0]), messages


def self_instruct(r):
    for row in r.lines("self_instruct_seed_tasks.jsonl"):
        for one in row["instances"][:1]:
            yield by_rule(row["instruction"], one["input"]), turn(f"{row['instruction']}\n{one['input']}", one["output"])


def oasst(r):
    for row in r.lines("oasst_commitpackft_subset.jsonl"):
        persona = by_rule(row["prompt"])
        if len(row["completion"]) > 30 and "```" in row["completion"]:
            persona = "code_expert" if persona in ("general_assistant", "factual_informant", "explorer") else persona
        yield persona, turn(row["prompt"], row["completion"])


def personachat(r):
    for row in r.lines("personachat.jsonl.gz"):
        yield "conversational_agent", dialogue(row["dialogue"], r.random, 1, 6)


def synthetic_persona_chat(r):
    for row in r.table("synthetic_persona_chat_valid.csv"):
        says = re.findall(r"User (\d): (.*)", row["Best Generated Conversation"])
        pairs = pair_up([(who == "1", text) for who, text in says])
        if pairs:
            yield "conversational_agent", dialogue(pairs, r.random, 1, 6)
            yield "conversational_agent", turn(*pairs[-1])


def topical_chat(r):
    for row in r.lines("topical_chat.jsonl.gz"):
        pairs = pair_up([(c["agent"] == "agent_1", c["message"]) for c in row["content"]])
        start = r.random.randrange(max(1, len(pairs) - 2))
        yield "conversational_agent", dialogue(pairs[start:], r.random, 1, 5)


def msc(r):
    for row in r.lines("msc_valid.jsonl.gz"):
        for _ in range(2):
            yield "multi_turn", dialogue(row["dialogue"], r.random, 3, 8)
        yield "conversational_agent", dialogue(row["dialogue"], r.random, 1, 1)


def service(r, utterances):
    pairs = pair_up(utterances)
    if not pairs:
        return
    if len(pairs) >= 3:
        for _ in range(2):
            yield "multi_turn", dialogue(pairs, r.random, 3, 10)
    yield "customer_service_agent", dialogue(pairs, r.random, 1, 2)


def sgd(r):
    for row in r.whole("sgd_train_subset.json.gz"):
        yield from service(r, [(t["speaker"] == "USER", t["utterance"]) for t in row["turns"]])


def taskmaster4(r):
    for row in r.sample(r.whole("taskmaster4_coffee.json.gz"), 1500):
        yield from service(r, [(t["speaker"] == "user", t["text"]) for t in row["utterances"] if t.get("text")])


def bfcl(r):
    for row in r.lines("bfcl_v4.jsonl.gz"):
        kind = row["category"]
        if re.match(r"(parallel|multiple|live_multiple|live_parallel|multi_turn)", kind):
            persona = "tool_orchestrator"
        elif re.match(r"(simple|live_simple)", kind):
            persona = "function_caller"
        else:
            continue
        question = row["question"][0]
        asked = " ".join(m["content"] for m in (question if isinstance(question, list) else [question]) if m.get("role") == "user")
        tools = json.dumps(row.get("function") or [])
        call = json.dumps(row.get("ground_truth") or "")
        yield persona, turn(asked + ("\n" + tools[:3000] if r.random.random() < 0.6 else ""), call[:3000])


def gorilla_apibench(r):
    for row in r.sample(r.lines("gorilla_apibench.jsonl.gz"), 2000):
        found = re.search(r"nstruction'?:\s*(.*?)(?:', 'Output|###Output|\n)", row["code"], re.S)
        output = re.search(r"(?:Output'?:|###Output:)\s*(.*)", row["code"], re.S)
        if found:
            yield "api_specialist", turn(found.group(1).strip(" '\""), (output.group(1)[:1500] if output and r.random.random() < 0.6 else str(row["api_call"])))


def gpteacher_toolformer(r):
    for row in r.sample(r.whole("gpteacher_toolformer.json"), 2000):
        yield "api_specialist", turn(f"{row['instruction']}\n{row['input']}", row["response"])


def seal_tools(r):
    for row in r.whole("seal_tools.json.gz"):
        talk = row["conversations"]
        asked = talk[0]["value"]
        if r.random.random() < 0.6:
            asked = asked[-500:].split("task_instruction:")[-1]
        yield "tool_orchestrator", turn(asked[:6000], talk[1]["value"])


def glaive_demo(r):
    names = {"human": "user", "gpt": "assistant", "function_call": "assistant", "observation": "tool"}
    for row in r.whole("glaive_toolcall_demo.json"):
        if not any(m["from"] == "function_call" for m in row["conversations"]):
            continue
        yield "tool_orchestrator", [{"role": names[m["from"]], "content": m["value"]} for m in row["conversations"]]


def reason_tool_use(r):
    for row in r.lines("reason_tool_use_demo.jsonl"):
        yield "tool_orchestrator", [{"role": m["role"], "content": "\n".join(str(p["value"]) for p in m["content"])} for m in row["messages"]]


def toolbench(r):
    for row in r.lines("toolbench_queries_example.jsonl.gz"):
        yield "tool_orchestrator", turn(row["query"], "")


def taskbench(r):
    for row in r.sample(r.lines("taskbench_user_requests.jsonl.gz"), 1500):
        yield "tool_orchestrator", turn(row["user_request"], "")


def metatool(r):
    for row in r.sample(r.table("metatool_single.csv"), 1500):
        yield "api_specialist", turn(row["Query"], row["Tool"])


def medquad(r):
    for row in r.sample(r.lines("medquad.jsonl.gz"), 2500):
        yield "medical_informant", turn(row["question"], row["answer"][:3000])


def open_trivia_qa(r):
    for row in r.sample(r.lines("open_trivia_qa.jsonl.gz"), 2500):
        options = "\n" + "\n".join(row["options"]) if r.random.random() < 0.5 else ""
        yield "trivia_expert", turn(row["question"] + options, row["correct"])


def nq_open(r):
    for row in r.sample(r.lines("nq_open_dev.jsonl.gz"), 2000):
        answers = row.get("answer") or row.get("answer_and_def_correct_predictions")
        yield "qa_specialist", turn(row["question"], answers[0])


def webquestions(r):
    for row in r.sample(r.whole("webquestions.json"), 1200):
        yield "qa_specialist", turn(row["qText"], "; ".join(row["answers"]))


def commonsenseqa(r):
    for row in r.sample(r.lines("commonsenseqa_train.jsonl"), 1200):
        question = row["question"]
        answer = next(c["text"] for c in question["choices"] if c["label"] == row["answerKey"])
        options = "\n" + "\n".join(f"{c['label']}) {c['text']}" for c in question["choices"])
        yield "qa_specialist", turn(question["stem"] + options, r.random.choice([row["answerKey"], answer]))


def esoteric_cc0(r):
    free = {"tarot_interpretations", "hexagrams", "western_zodiac", "eastern_zodiac"}
    for row in r.lines("esoteric_texts.jsonl.gz"):
        if row["source"] in free:
            yield "esoteric_scholar", turn(row.get("title", ""), row["text"])
            yield "esoteric_scholar", turn(f"{row['text']}\n{row.get('title', '')}", "")


REFUSAL = re.compile(r"\b(can't|cannot|won't|not (able|comfortable|appropriate|okay|ok|a good idea|legal)|illegal|sorry|shouldn't|should not|harm|dangerous|wrong|against|unethical|advise|law|hurt|I don't think)\b", re.I)


def hh_rlhf(r):
    for row in r.lines("hh_rlhf_harmless_test.jsonl.gz"):
        parts = re.split(r"\n\n(Human|Assistant): ", row["chosen"])[1:]
        says = [(parts[i] == "Human", parts[i + 1]) for i in range(0, len(parts) - 1, 2)]
        pairs = pair_up(says)
        if pairs and REFUSAL.search(pairs[-1][1]):
            yield "safety_guardian", dialogue(pairs, r.random, len(pairs), len(pairs))
        if pairs and REFUSAL.search(pairs[0][1]):
            yield "safety_guardian", turn(*pairs[0])


def diasafety(r):
    for row in r.sample([x for x in r.whole("diasafety_train.json") if x["label"] == "Safe"], 900):
        yield "safety_guardian", turn(row["context"], row["response"])


def ethics(r):
    judge = {
        "0": ["This is acceptable.", "Not wrong.", "No, that is morally fine."],
        "1": ["This is clearly wrong.", "Yes, morally wrong.", "That was unethical."],
    }
    for row in r.sample(r.table("ethics_commonsense.csv.gz"), 1200):
        yield "ethical_reasoner", turn(r.random.choice(["Is this morally wrong? ", "", "AITA? "]) + row["input"], r.random.choice(judge[row["label"]]) if r.random.random() < 0.8 else "")
    for row in r.sample(r.table("ethics_justice.csv.gz"), 700):
        yield "ethical_reasoner", turn(r.random.choice(["Is this fair? ", "Is the reason just? "]) + row["scenario"], "Reasonable." if row["label"] == "1" else "Not a fair reason.")
    for row in r.sample(r.table("ethics_deontology.csv.gz"), 700):
        yield "ethical_reasoner", turn(f"{row['scenario']} {row['excuse']}", "A reasonable excuse." if row["label"] == "1" else "That does not excuse the duty.")


def goemotions(r):
    rows = [x for x in r.lines("trait_goemotions_train.jsonl.gz") if x["labels"] == ["caring"] and len(x["text"]) > 40]
    for row in rows[:500]:
        yield "supportive", turn("", row["text"].replace("[NAME]", "Sam"))


READERS = [(name, globals()[name]) for name in LICENCES if name in globals() and callable(globals()[name])]
