"""Token ids of rows exactly as the product gives them to a transformer: [CLS] user [SEP] assistant [SEP].

Before the assistant's side of a row that mostly repeats lines of the user's stands COPY_MARK.
"""

import numpy as np
from copied_lines import MOSTLY_COPIED, copied_share
from tokenizers import Tokenizer

LONGEST = 128
BYTES_PER_TOKEN = 12
# A token that the encoder's vocabulary has and no text yields.
COPY_MARK, COPY_MARK_ID = "[unused0]", 1


def open_tokenizer(path):
    tokenizer = Tokenizer.from_file(path)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def side_text(messages, role):
    limit = LONGEST * BYTES_PER_TOKEN
    text = ""
    for message in messages:
        content = message["content"].strip().replace("\r\n", "\n").replace("\r", "\n")
        if message["role"] != role or len(text) >= limit:
            continue
        text += ("\n" if text else "") + content.encode()[:limit].decode(errors="replace")
    return text


def encode_sides(tokenizer, conversations):
    """Ids of both sides, without the marks around them: (user, assistant) a row."""
    users = tokenizer.encode_batch([side_text(m, "user") for m in conversations], add_special_tokens=False)
    assistants = tokenizer.encode_batch([side_text(m, "assistant") for m in conversations], add_special_tokens=False)
    marks = [[COPY_MARK_ID] if copied_share(m) >= MOSTLY_COPIED else [] for m in conversations]
    return [(u.ids, mark + a.ids) for u, a, mark in zip(users, assistants, marks)]


def join_sides(user, assistant, room=LONGEST):
    """Two thirds of the room are the assistant's; what a side leaves free goes to the other."""
    usable = room - 3
    user_room = max(usable // 3, usable - len(assistant))
    first = [101, *user[:user_room], 102]
    second = assistant[: room - 1 - len(first)]
    return first + list(second) + [102], len(first)


def pad(rows):
    """input_ids, attention_mask, token_type_ids of rows [(ids, first_length)]."""
    length = max(len(ids) for ids, _ in rows)
    ids = np.zeros((len(rows), length), np.int64)
    mask = np.zeros_like(ids)
    types = np.zeros_like(ids)
    for i, (row, first) in enumerate(rows):
        ids[i, : len(row)] = row
        mask[i, : len(row)] = 1
        types[i, first : len(row)] = 1
    return ids, mask, types
