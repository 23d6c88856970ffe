"""Labelling rules for personas that no public file carries: narrow, precise, and silent when unsure.

A rule reads the request and the reply and either names its persona or abstains. Rows of the mixed instruction files (MIXED)
take the persona on which all rules that speak agree; where they disagree the row is left out of training; where all abstain
the row is general_assistant. On the other files, whose persona is known by origin, the rules are only counted.

Usage: labelling_rules.py ROWS.jsonl        prints coverage, overlap and conflict of each rule
"""

import json
import re
import sys

from copied_lines import MOSTLY_COPIED, copied_share

MIXED = {"alpaca_en_demo", "chatml_demo", "self_instruct", "oasst"}


def rule(request=None, reply=None, shortest=0, longest=10**6):
    asked = re.compile(request, re.I) if request else None
    said = re.compile(reply, re.I) if reply else None

    def speaks(user, assistant):
        if not shortest <= len(assistant) <= longest:
            return False
        if asked and not asked.search(user[:400]):
            return False
        return not said or bool(said.search(assistant[:2500]))

    return speaks


RULES = {
    "code_reviewer": rule(r"\b(review|critique)\b.{0,30}\b(code|function|class|pull request|patch|diff)\b", r"\b(consider|instead|rather|naming|readab|nit|suggest)"),
    "python_specialist": rule(r"\bpython\b", r"\b(pip|virtualenv|venv|decorator|generator|dataclass|asyncio|list comprehension|PEP ?8|__\w+__)\b"),
    "architect": rule(r"\b(design|architect)\w*\b.{0,40}\b(system|service|platform|backend|database schema|microservice)", r"\b(trade-?off|scal|queue|cache|service)"),
    "devops_engineer": rule(reply=r"(^|\n)\s*(kubectl |docker (run|build|compose)|terraform (init|plan|apply)|sudo (apt|systemctl) |systemctl |helm (install|upgrade) |apiVersion: )"),
    "security_analyst": rule(r"\b(vulnerab|threat model|penetration|xss|sql injection|csrf|hardening|phishing)", r"\b(attack|mitigat|sanitiz|patch|validate|least privilege)", 80),
    "technical_instructor": rule(r"\b(tutorial|teach me|walk me through|guide to)\b.{0,40}\b(git|docker|react|sql|linux|excel|program|install|api|css|html)", None, 200),
    "motivational_coach": rule(r"\b(motivat|encourag|pep talk|stay (focused|disciplined)|achieve my goal)", r"\b(you can|goal|keep going|believe|step)", 60),
    "wellness_coach": rule(r"\b(sleep better|insomnia|reduce stress|mindful|meditat|healthy habit|bedtime routine)", r"\b(try|routine|breath|habit|caffeine|walk)", 60),
    "grief_companion": rule(r"\b(passed away|funeral|i lost my (mother|father|mom|dad|wife|husband|son|daughter|brother|sister)|grieving|condolence)", r"\b(sorry|loss|grief|memor)"),
    "conflict_mediator": rule(r"\b(resolve|mediate|settle)\b.{0,40}\b(conflict|dispute|argument|disagreement)\b", None, 80),
    "step_by_step_explainer": rule(r"\b(explain how|how does|how do i|step[- ]by[- ]step|steps (to|for|of)|describe the process)", r"(^|\n)\s*(1[.)]|step 1|first)"),
    "causal_analyst": rule(r"\b(what (caused|causes)|cause[sd]? of|correlation .{0,20}caus|counterfactual)", r"\b(because|caus|led to|due to|result)", 80),
    "data_analyst": rule(r"\b(data ?set|table below|standard deviation|regression|histogram|average of the following|spreadsheet|following data)\b", r"\d", 15),
    "ethical_reasoner": rule(r"\b(ethical|moral|morally|right or wrong)\b", r"\b(ethic|moral|harm|duty|right)", 60),
    "business_strategist": rule(r"\b(business plan|marketing (plan|strateg)|market analysis|swot|competitive advantage|go-to-market|business model|pricing strategy)", None, 80),
    "creative_writer": rule(r"\b(slogan|tag ?line|advert|ad copy|catchy|metaphor|simile|headline|brand name|product description|marketing copy|personif|tweet (about|promot))"),
    "poet": rule(r"\b(poem|haiku|limerick|sonnet|verses?|ballad|ode|rhym\w+|lyrics)\b", r"\n.+\n"),
    "worldbuilder": rule(r"\b(fictional (world|country|city|planet|species)|fantasy (world|race|map)|magic system|character sheet|world-?building)\b"),
    "humorist": rule(r"\b(joke|pun|funny|humou?rous|satir\w*|parody|riddle)\b"),
    "explorer": rule(r"\b(brainstorm|come up with|ideas for|generate (a list of|\w+) ideas|give me (some|\w+) ideas|what if)\b", r"(\n\s*[-*\d]|,.*,.*,)"),
    "instruction_follower": rule(r"^(rewrite|edit|reformat|convert|translate|classify|categori[sz]e|correct|arrange|sort|replace|rearrange|label|extract|paraphrase|change|transform)\b"),
    "casual_companion": rule(r"^(hey|hi|yo|sup|what'?s up|lol)\b", r"\b(haha|lol|yeah|cool|awesome|hey)\b", 0, 300),
    "roleplay_character": rule(r"\b(act as|pretend (to be|you are)|you are now|play the role|roleplay|speak as)\b", r"\b(I|my|me)\b"),
    "customer_service_agent": rule(r"\b(refund|my order|customer (complaint|service)|warranty|return policy|shipping)\b", r"\b(apolog|order|refund|assist|thank you for)"),
    "search_orchestrator": rule(None, r"\b(search results?|according to (the )?(source|results)|\[\d\].{0,200}\[\d\])", 80),
    "workflow_automator": rule(r"\b(automat\w+|workflow|zapier|ifttt|cron job|trigger)\b", r"\b(trigger|when|schedule|action|run)\b", 80),
    "meeting_organizer": rule(r"\b(meeting|agenda|calendar|appointment|reschedul\w+)\b", r"\b(agenda|meeting|schedule|minutes|am|pm)\b"),
    "research_assistant": rule(r"\b(literature|studies|research (on|paper|shows)|evidence (for|on)|peer-reviewed|survey of)\b", r"\b(study|studies|research|evidence|found)", 120),
    "summarizer": rule(r"^(please )?(summari[sz]e|condense|give (me )?a (brief |short )?summary|tl;?dr|shorten)"),
    "trivia_expert": rule(r"\b(trivia|quiz question|fun fact)\b"),
    "medical_informant": rule(r"\b(symptoms?|treatments?|diagnos\w+|side effects|disease|medication|vaccine)\b", r"\b(doctor|treat|symptom|medic|patient|infection|health)", 80),
    "legal_informant": rule(r"\b(contract|lawsuit|legal(ly)?|copyright|tenant|lease|liabilit\w+|gdpr|trademark)\b", r"\b(law|legal|court|rights|agreement|attorney|lawyer)", 60),
    "archetypal_analyst": rule(r"\b(archetyp\w+|jung\w*|symbolis[em]|dream (mean|interpret)\w*|myth of)\b", None, 60),
    "mystical_guide": rule(r"\b(zen koan|spiritual (guidance|practice)|sufi|mantra|chakra|inner peace)\b", None, 60),
    "creative_storyteller": rule(r"\b(write|tell|create|generate|compose)\b.{0,40}\b(story|tale|fable|fairy ?tale)\b", None, 150),
    "code_expert": rule(r"\b(write|create|implement|develop)\b.{0,30}\b(function|program|script|code|html|css|regex|query)\b", r"[{};=<>()]"),
    "math_tutor": rule(r"\b(calculate|solve the equation|simplify|find the (area|perimeter|derivative|sum|value)|square root)\b", r"\d"),
    "critical_debater": rule(r"\b(argue|argument (for|against)|debate|pros and cons|counter-?argument)\b", None, 60),
    "factual_informant": rule(r"^(what (is|are|was|were)|who (is|was)|define|name|tell me about|provide (some )?information|explain (what|the (concept|term)))\b", None, 60),
    "qa_specialist": rule(r"^(who|when|where|which|how (many|much|old|far)|in what)\b.{5,120}\?$", None, 1, 60),
}


def votes(messages):
    user = "\n".join(m["content"] for m in messages if m["role"] == "user")
    assistant = "\n".join(m["content"] for m in messages if m["role"] == "assistant")
    if not user and not assistant:
        return []
    return [persona for persona, speaks in RULES.items() if speaks(user, assistant)]


CODE = re.compile(r"[{};]\s*\n|^\s*(import|from|def|class|function|#include|require|package|use) ", re.M)
REPAIR = re.compile(r"\b(fix|bug|repair|crash|broken|wrong|error|fail|correct|typo|issue|regression)", re.I)


def gives_code_back(messages):
    """Whether the answer is the request's code, changed here and there."""
    return copied_share(messages) >= MOSTLY_COPIED and bool(CODE.search(messages[-1]["content"]))


def weak_label(messages):
    """One persona, "general_assistant" where every rule abstains, or None where rules disagree or nobody can say.

    Code given back changed is a repair where the request's first line says so; of other changes only people who know the code
    can tell repair from extension.
    """
    if gives_code_back(messages):
        return "debugging_assistant" if REPAIR.search(messages[0]["content"].partition("\n")[0]) else None
    found = votes(messages)
    if not found:
        return "general_assistant"
    return found[0] if len(found) == 1 else None


def report(rows):
    """[persona, rows it speaks on, of them in mixed files, with another rule beside it, against the origin's persona]"""
    table = {name: [0, 0, 0, 0] for name in RULES}
    for row in rows:
        if row["origin"] == "exemplars":
            continue
        found = votes(row["messages"])
        for name in found:
            counts = table[name]
            counts[0] += 1
            counts[1] += row["origin"] in MIXED
            counts[2] += len(found) > 1
            counts[3] += row["origin"] not in MIXED and row["persona"] != name
    return [[name, *counts] for name, counts in table.items()]


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        everything = [json.loads(line) for line in file]
    total = sum(row["origin"] != "exemplars" for row in everything)
    print("| persona | speaks on | share | in mixed files | overlaps | against the origin |\n|---|---|---|---|---|---|")
    for name, spoken, mixed, overlap, against in report(everything):
        print(f"| {name} | {spoken} | {spoken / total:.4f} | {mixed} | {overlap} | {against} |")
    known = [row for row in everything if row["origin"] == "exemplars"]
    spoken = [(row["persona"], votes(row["messages"])) for row in known]
    single = [(persona, found[0]) for persona, found in spoken if len(found) == 1]
    print(f"\nOn {len(known)} exemplars: {len(single)} with one rule speaking, {sum(a == b for a, b in single) / max(1, len(single)):.2f} of them right")
