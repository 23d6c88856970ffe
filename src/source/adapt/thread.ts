import type { Adapter } from './adapter.ts';
import { isFields } from './sample.ts';
import { joinParts, listOf, textOf } from './values.ts';

/** An issue or forum thread: title and body by an author, then comments; the author is the user, everybody else answers. */
export const threadAdapter: Adapter = {
  kind: 'thread',
  detect(sample) {
    const title = sample.find(['title', 'subject']);
    const body = sample.find(['body', 'selftext', 'text', 'content']);
    const author = sample.find(['author', 'user', 'op']);
    const comments = sample.find(['comments', 'replies', 'answers']);
    if (body === undefined || author === undefined || comments === undefined) return undefined;
    const fits = sample.values(comments).every((value) => listOf(value)?.every(isFields));
    return fits ? { body, author, comments, ...(title !== undefined && { title }) } : undefined;
  },
  compile(columns) {
    const { title, body = '', author = '', comments = '' } = columns;
    return ([record = {}]) => {
      const asker = textOf(record[author]);
      const opening = joinParts([title === undefined ? '' : textOf(record[title]), textOf(record[body])]);
      const replies = (listOf(record[comments]) ?? []).filter(isFields).flatMap((comment) => {
        const content = textOf(comment['body'] ?? comment['text'] ?? comment['content']);
        const from = textOf(comment['user'] ?? comment['author']);
        return content === ''
          ? []
          : [{ role: from === asker ? ('user' as const) : ('assistant' as const), content }];
      });
      return { messages: [{ role: 'user', content: opening }, ...replies] };
    };
  },
};
