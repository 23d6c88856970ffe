import { ConfigError } from '../../core/errors.ts';
import { keyVariableSchema, loadProfile, type Profile } from '../../llm/profiles.ts';
import { type ProviderName, providerNames } from '../../llm/provider.ts';
import type { LlmSettings } from '../../llm/settings.ts';
import type { Prices } from '../../llm/spending.ts';

export const providerChoices = providerNames;

/** What the command line says about the model; undefined: as the profile says. */
export interface LlmChoices {
  readonly profile?: string;
  /** File of profiles. */
  readonly profiles: string;
  readonly provider?: ProviderName;
  readonly model?: string;
  readonly baseUrl?: string;
  readonly keyVariable?: string;
  readonly recording?: string;
  /** US dollars for a million tokens, as in a profile. */
  readonly pricePrompt?: number;
  readonly priceCompletion?: number;
  readonly concurrency?: number;
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly budgetUsd?: number;
  readonly attempts: number;
  readonly bestOf: number;
}

/**
 * Settles which model answers: the command line before the profile, the profile before the defaults. Without a word about it,
 * the template provider. @throws ConfigError
 */
export async function resolveLlm(choices: LlmChoices): Promise<LlmSettings> {
  checkKeyVariable(choices.keyVariable);
  const profile = await profileOf(choices);
  const provider = choices.provider ?? profile.provider;
  refuseUnused(choices, provider);
  const isPaid = provider === 'openai';
  const runsHere = { prompt: 0, completion: 0 };
  return {
    provider,
    model: modelOf(choices, profile, provider),
    baseUrl: isPaid ? baseUrlOf(choices, profile) : null,
    keyVariable: isPaid ? (choices.keyVariable ?? profile.key_env ?? null) : null,
    timeoutMs: (profile.timeout_seconds ?? 120) * 1000,
    prices: isPaid ? pricesOf(choices, profile) : runsHere,
    budgetUsd: choices.budgetUsd ?? null,
    concurrency: choices.concurrency ?? profile.concurrency ?? 8,
    requestsPerMinute: choices.requestsPerMinute ?? profile.requests_per_minute ?? null,
    tokensPerMinute: choices.tokensPerMinute ?? profile.tokens_per_minute ?? null,
    attempts: choices.attempts,
    bestOf: choices.bestOf,
  };
}

/** What is no name of a variable may be the key, and is not shown. */
function checkKeyVariable(keyVariable: string | undefined): void {
  const issue = keyVariableSchema.optional().safeParse(keyVariable).error?.issues[0];
  if (!issue) return;
  throw new ConfigError(`--key-env: ${issue.message}`, {
    code: 'llm-key-variable',
    hint: 'export OPENAI_API_KEY=…, then --key-env OPENAI_API_KEY, without a $',
  });
}

/** Options about who answers, and the providers that they mean something to. */
const takers: readonly {
  readonly choice: keyof LlmChoices;
  readonly option: string;
  readonly providers: readonly ProviderName[];
}[] = [
  { choice: 'model', option: '--model', providers: ['openai', 'llama'] },
  { choice: 'baseUrl', option: '--base-url', providers: ['openai'] },
  { choice: 'keyVariable', option: '--key-env', providers: ['openai'] },
  { choice: 'pricePrompt', option: '--price-prompt', providers: ['openai'] },
  { choice: 'priceCompletion', option: '--price-completion', providers: ['openai'] },
  { choice: 'recording', option: '--recording', providers: ['replay'] },
];

/** Passed over in silence, they would leave rows of the template where somebody believes in a model's. */
function refuseUnused(choices: LlmChoices, provider: ProviderName): void {
  const unused = takers.find(
    ({ choice, providers }) => choices[choice] !== undefined && !providers.includes(provider),
  );
  if (!unused) return;
  throw new ConfigError(`${unused.option}: provider ${provider} has no use for it`, {
    code: 'usage',
    hint: `it is for provider ${unused.providers.join(' or ')}: choose who answers with --provider, --profile or --base-url`,
  });
}

/** @throws ConfigError where only one of the two is known */
function pricesOf(choices: LlmChoices, { prices }: Profile): Prices | null {
  const { pricePrompt: prompt = prices?.prompt, priceCompletion: completion = prices?.completion } = choices;
  if (prompt !== undefined && completion !== undefined) return { prompt, completion };
  if (prompt === undefined && completion === undefined) return null;
  const [given, missing] = prompt === undefined ? ['completion', 'prompt'] : ['prompt', 'completion'];
  throw new ConfigError(`--price-${given} needs --price-${missing}: a cost is told by both`, {
    code: 'usage',
  });
}

/** An address of one's own never gets the key of a profile that nobody named. */
async function profileOf(choices: LlmChoices): Promise<Profile> {
  const { profile, provider, baseUrl } = choices;
  if (profile !== undefined) {
    const found = await loadProfile(choices.profiles, profile);
    if (provider === undefined || provider === found.provider) return found;
    throw new ConfigError(`--provider ${provider}: profile "${profile}" is of provider ${found.provider}`, {
      code: 'usage',
      hint: 'name one of the two',
    });
  }
  if (provider === undefined && baseUrl === undefined) return { provider: 'template' };
  if (provider === 'openai' && baseUrl === undefined) return await loadProfile(choices.profiles, 'openai');
  return { provider: provider ?? 'openai' };
}

function modelOf(choices: LlmChoices, profile: Profile, provider: Profile['provider']): string {
  if (provider === 'template') return 'template';
  const model = provider === 'replay' ? choices.recording : (choices.model ?? profile.model);
  if (model !== undefined) return model;
  const wanted = {
    openai: ['--model', 'the name of the model at the endpoint'],
    llama: ['--model', 'a GGUF file'],
    replay: ['--recording', 'the state/llm.jsonl of an earlier job'],
  }[provider];
  throw new ConfigError(`provider ${provider} needs ${wanted[0]}: ${wanted[1]}`, {
    code: 'llm-model-missing',
  });
}

function baseUrlOf(choices: LlmChoices, profile: Profile): string {
  const text = choices.baseUrl ?? profile.base_url;
  if (text === undefined) {
    throw new ConfigError('provider openai needs --base-url, or a profile with base_url', {
      code: 'llm-base-url',
    });
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError('--base-url: not an http or https address', {
      code: 'llm-base-url',
      hint: 'such as http://127.0.0.1:8000/v1',
    });
  }
  if (url.username !== '' || url.password !== '' || url.search !== '') {
    throw new ConfigError(`--base-url ${url.host}: holds credentials or a query`, {
      code: 'llm-base-url',
      hint: 'put the key into an environment variable and name it with --key-env',
    });
  }
  return text.replace(/\/+$/, '');
}
