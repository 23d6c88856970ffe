import { ConfigError } from '../../core/errors.ts';
import type { LlmSettings } from '../../llm/settings.ts';

/**
 * Nothing of a person leaves this machine unasked: an endpoint elsewhere needs `--allow-remote`.
 * @throws ConfigError `remote-refused`
 */
export function requireLocal({ baseUrl }: Pick<LlmSettings, 'baseUrl'>, allowRemote: boolean): void {
  if (allowRemote || baseUrl === null || isLoopback(new URL(baseUrl).hostname)) return;
  throw new ConfigError(`${new URL(baseUrl).host} is another machine; your texts would be sent there`, {
    code: 'remote-refused',
    hint: 'give --allow-remote if that is what you want, or an endpoint at 127.0.0.1',
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
