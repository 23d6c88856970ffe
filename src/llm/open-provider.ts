import { resolve } from 'node:path';

import { ConfigError } from '../core/errors.ts';
import type { Provider } from './provider.ts';
import type { LlmSettings } from './settings.ts';
import { createTemplateProvider } from './template-provider.ts';

/** The provider that the settings name, ready to be asked; only its own code is loaded. @throws ConfigError */
export async function openProvider(
  settings: LlmSettings,
  seed: number,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Provider> {
  if (settings.provider === 'template') return createTemplateProvider(seed);
  if (settings.provider === 'replay') {
    const { openReplayProvider } = await import('./replay-provider.ts');
    return await openReplayProvider(resolve(settings.model));
  }
  if (settings.provider === 'llama') {
    const { openLlamaProvider } = await import('./llama-provider.ts');
    return await openLlamaProvider({ modelFile: resolve(settings.model), timeoutMs: settings.timeoutMs });
  }
  const { createOpenAiProvider } = await import('./openai-provider.ts');
  const { model, baseUrl, timeoutMs } = settings;
  if (baseUrl === null) throw new ConfigError('provider openai needs a base URL', { code: 'llm-base-url' });
  return createOpenAiProvider({ model, baseUrl, timeoutMs, key: keyOf(settings.keyVariable, environment) });
}

function keyOf(
  variable: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  if (variable === null) return null;
  const key = environment[variable]?.trim();
  if (key && /^[\x21-\x7e]+$/.test(key)) return key;
  if (key) {
    throw new ConfigError(`the key in ${variable} holds characters that no header may carry`, {
      code: 'llm-key-invalid',
      hint: 'copy it again without quotes, spaces and line breaks: letters, digits and signs of ASCII only',
    });
  }
  throw new ConfigError(`the key is read from the environment variable ${variable}, which is not set`, {
    code: 'llm-key-missing',
    hint: `export ${variable}=…, or name another variable with --key-env`,
  });
}
