"""Lines that an answer copies from its request, as src/onnx/copied-lines.ts counts them."""

SHORTEST_LINE = 8
FEWEST_COPIES = 2
MOSTLY_COPIED = 0.5


def copied_share(messages):
    said = lines_of(messages, "assistant")
    if len(said) < FEWEST_COPIES:
        return 0.0
    asked = set(lines_of(messages, "user"))
    copies = sum(line in asked for line in said)
    return copies / len(said) if copies >= FEWEST_COPIES else 0.0


def lines_of(messages, role):
    found = []
    for message in messages:
        text = message["content"].strip().replace("\r\n", "\n").replace("\r", "\n")
        if message["role"] == role and "\n" in text:
            found += [line for line in (part.strip(" \t").encode() for part in text.split("\n")) if len(line) >= SHORTEST_LINE]
    return found
