import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const things = ['queue', 'cache', 'index', 'parser', 'worker', 'schema', 'ledger', 'router'];
const deeds = ['split', 'merge', 'rebuild', 'measure', 'balance', 'order'];

/** A folder as `extract` writes it: one persona with 20 conversations of 5 messages, some with personal data, and the replies. */
export async function writeExtractFolder(folder: string): Promise<void> {
  for (const name of ['clusters', 'extracted', 'prompts'])
    await mkdir(join(folder, name), { recursive: true });
  const messages: string[] = [];
  const replies: string[] = [];
  for (let conversation = 0; conversation < 20; conversation++) {
    for (let turn = 0; turn < 5; turn++) {
      const number = conversation * 5 + turn;
      const [thing, deed] = [things[number % things.length] ?? '', deeds[number % deeds.length] ?? ''];
      const ids = { id: `m${number}`, conversation_id: `c${conversation}` };
      const contact = turn === 3 ? ` Write to jane${conversation}@mail.example or call +49 30 901820.` : '';
      messages.push(
        JSON.stringify({
          ...ids,
          text: `How should I ${deed} the ${thing} without touching item ${number}? I weigh the costs first.${contact}`,
          context:
            turn === 0 ? null : `You could ${deed} the ${thing} in step ${number}, and keep the rest apart.`,
        }),
      );
      replies.push(
        JSON.stringify({ ...ids, ...replyOf(turn, `I would ${deed} the ${thing} of item ${number} first.`) }),
      );
    }
  }
  await writeFile(join(folder, 'clusters', 'persona_architect.jsonl'), `${messages.join('\n')}\n`);
  await writeFile(join(folder, 'extracted', 'all_messages.jsonl'), `${messages.join('\n')}\n`);
  await writeFile(join(folder, 'extracted', 'replies.jsonl'), `${replies.join('\n')}\n`);
  const persona = {
    id: 'architect',
    name: 'Architect',
    cluster: 0,
    system_prompt: 'You are the architect: you weigh costs.',
  };
  await writeFile(join(folder, 'prompts', 'generated_prompts.json'), JSON.stringify({ personas: [persona] }));
}

function replyOf(turn: number, text: string): Record<string, unknown> {
  const stopped = { finish: 'stop', rating: null, disputed: false };
  if (turn === 1) return { ...stopped, text: '[Your response here]' };
  if (turn === 2) return { ...stopped, text, rating: 'down' };
  return turn === 4 ? { ...stopped, text, finish: 'length' } : { ...stopped, text };
}
