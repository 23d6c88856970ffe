"""Turns that a user's text quotes as labelled lines, as src/tag/transcript.ts finds them."""

import re

ASSISTANT = {"assistant", "ai", "bot", "gpt", "chatgpt", "teacher", "agent"}
LABEL = re.compile(r"^(user|human|student|customer|assistant|ai|bot|gpt|chatgpt|teacher|agent): ?", re.IGNORECASE | re.MULTILINE)


def quoted_turns(messages):
    """The messages with every quoted conversation as messages of its own."""
    out = []
    for message in messages:
        labels = list(LABEL.finditer(message["content"])) if message["role"] == "user" else []
        if len(labels) < 2 or not any(label.group(1).lower() in ASSISTANT for label in labels):
            out.append(message)
            continue
        role, start = "user", 0
        for label in [*labels, None]:
            part = message["content"][start : label.start() if label else None].strip()
            if part:
                out.append({"role": role, "content": part})
            if label:
                role = "assistant" if label.group(1).lower() in ASSISTANT else "user"
                start = label.end()
    return out
