import type { Role } from '../../core/row.ts';

/** Names that chat formats give to the sides of a conversation. */
const chatRoles: Readonly<Record<string, Role>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  human: 'user',
  prompter: 'user',
  assistant: 'assistant',
  gpt: 'assistant',
  chatgpt: 'assistant',
  model: 'assistant',
  bot: 'assistant',
  chatbot: 'assistant',
  ai: 'assistant',
  bing: 'assistant',
  bard: 'assistant',
  claude: 'assistant',
  llama: 'assistant',
  functioncall: 'assistant',
  toolcall: 'assistant',
  tool: 'tool',
  function: 'tool',
  observation: 'tool',
  ipython: 'tool',
  toolresponse: 'tool',
  toolresult: 'tool',
  functionresponse: 'tool',
};

/** Names of people in dialogue corpora: who asks, and who helps. */
const personRoles: Readonly<Record<string, Role>> = {
  usr: 'user',
  customer: 'user',
  client: 'user',
  patient: 'user',
  student: 'user',
  seeker: 'user',
  speaker: 'user',
  asker: 'user',
  questioner: 'user',
  apprentice: 'user',
  agent: 'assistant',
  sys: 'assistant',
  teacher: 'assistant',
  tutor: 'assistant',
  therapist: 'assistant',
  counselor: 'assistant',
  counsellor: 'assistant',
  supporter: 'assistant',
  listener: 'assistant',
  doctor: 'assistant',
  helper: 'assistant',
  expert: 'assistant',
  wizard: 'assistant',
  operator: 'assistant',
};

export function chatRole(name: string): Role | undefined {
  return lookUp(chatRoles, name);
}

/** Whether a name at the start of a line can stand for a speaker. */
export function isSpeakerName(name: string): boolean {
  return (
    lookUp(chatRoles, name) !== undefined ||
    lookUp(personRoles, name) !== undefined ||
    /^(?:user|person|speaker|agent|participant) ?[\dab]$/iu.test(name)
  );
}

/**
 * Roles of the speakers of one dialogue, given in order of first appearance. Known names keep theirs; of the others the
 * first takes the user's side and the second the assistant's, whichever is free; all further ones count as users.
 * `system` is the assistant where nobody else is and a user is there (task-oriented corpora call it so).
 */
export function assignRoles(speakers: readonly string[]): ReadonlyMap<string, Role> {
  const roles = new Map<string, Role>();
  for (const speaker of speakers) {
    const role = lookUp(chatRoles, speaker) ?? lookUp(personRoles, speaker);
    if (role) roles.set(speaker, role);
  }
  const taken = new Set(roles.values());
  for (const speaker of speakers) {
    if (roles.has(speaker)) continue;
    const role: Role = !taken.has('user') || taken.has('assistant') ? 'user' : 'assistant';
    roles.set(speaker, role);
    taken.add(role);
  }
  if (!taken.has('assistant') && taken.has('user')) {
    for (const [speaker, role] of roles) if (role === 'system') roles.set(speaker, 'assistant');
  }
  return roles;
}

function lookUp(table: Readonly<Record<string, Role>>, name: string): Role | undefined {
  const key = name
    .trim()
    .toLowerCase()
    .replaceAll(/[_\-\s]/gu, '');
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
