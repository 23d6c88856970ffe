import pLimit from 'p-limit';

import { FatalError, InterruptedError, RetryableError, RowError, TagDatasetsError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { retry, type RetryOptions } from '../lib/retry.ts';
import type { Acceptance, Answer, Ask, Llm } from './ask.ts';
import type { Journal } from './journal.ts';
import { createPace, type Pace, type PaceOptions } from './pace.ts';
import { type Completion, type CompletionRequest, estimateTokens, type Provider } from './provider.ts';
import { readAnswer } from './read-answer.ts';
import { promptHash, requestKey } from './request-key.ts';
import { requestMessages } from './request-messages.ts';
import type { Spending } from './spending.ts';

export interface LlmOptions extends PaceOptions {
  readonly provider: Provider;
  /** null: nothing is kept (the template provider, which costs nothing). */
  readonly journal: Journal | null;
  readonly spending: Spending;
  readonly seed: number;
  /** Answers asked for until one is accepted, the first included. */
  readonly attempts: number;
  /** Answers drawn per attempt, of which the accepted one with the fewest findings is taken. */
  readonly bestOf: number;
  /** Requests in flight. */
  readonly concurrency: number;
  readonly retry?: Partial<Pick<RetryOptions, 'attempts' | 'baseMs' | 'maxMs' | 'random'>>;
  /** Stops the sending; what is in flight is awaited and kept. */
  readonly signal?: AbortSignal;
}

/** What happened to the asks of a job. */
export interface LlmTally {
  readonly asked: number;
  readonly accepted: number;
  /** No attempt was accepted, or the request was refused for good; asking again would get the same. */
  readonly rejected: number;
  /** The endpoint gave no answer, however often it was tried; the same command asks again. */
  readonly unanswered: number;
  /** Requests sent now; replies found in the journal are none. */
  readonly requests: number;
  /** Replies that the journal held. */
  readonly reused: number;
}

export interface OpenLlm extends Llm, AsyncDisposable {
  tally(): LlmTally;
}

/**
 * Puts concurrency, pace, retries, journal, budget and checks before a provider. Disposing waits for what is in flight, so
 * that its replies reach the journal.
 */
export function openLlm(options: LlmOptions): OpenLlm {
  const session = new Session(options);
  return {
    ask: (ask) => session.ask(ask),
    tally: () => ({ ...session.tally }),
    [Symbol.asyncDispose]: () => session.close(),
  };
}

/** A drawn answer, judged. */
interface Draw<T> {
  readonly acceptance: Acceptance<T>;
  readonly end: DrawEnd;
}

/** `refused`: this request can never be answered; `unanswered`: all tries failed, and the same request may be answered later. */
type DrawEnd = 'answered' | 'refused' | 'unanswered';

class Session {
  readonly tally = { asked: 0, accepted: 0, rejected: 0, unanswered: 0, requests: 0, reused: 0 };
  private readonly options: LlmOptions;
  private readonly limit: ReturnType<typeof pLimit>;
  private readonly pace: Pace;
  private readonly inFlight = new Set<Promise<unknown>>();
  /** Why nothing more is sent. */
  private stopped: Error | null = null;
  private giveUpsInARow = 0;

  constructor(options: LlmOptions) {
    this.options = options;
    this.limit = pLimit(options.concurrency);
    this.pace = createPace(options);
  }

  async ask<T>(ask: Ask<T>): Promise<Answer<T>> {
    this.tally.asked++;
    const { attempts, bestOf, provider } = this.options;
    const earlier: Finding[] = [];
    let last: readonly Finding[] = [];
    for (let attempt = 1; ; attempt++) {
      const messages = requestMessages(ask.messages, last);
      const draw = (sample: number): Promise<Draw<T>> => this.draw(ask, { messages, attempt, sample });
      const { acceptance, end } = best(await Promise.all(Array.from({ length: bestOf }, (_, k) => draw(k))));
      const provenance = {
        provider: provider.name,
        model: provider.model,
        prompt_hash: promptHash(messages),
        attempt,
      };
      if ('value' in acceptance) {
        this.tally.accepted++;
        const findings = [...earlier, ...(acceptance.findings ?? [])];
        return { cell: ask.cell, value: acceptance.value, findings, provenance };
      }
      last = acceptance.findings;
      if (end !== 'answered' || attempt >= attempts) {
        this.tally[end === 'unanswered' ? 'unanswered' : 'rejected']++;
        return { cell: ask.cell, value: null, findings: [...earlier, ...last], provenance };
      }
      earlier.push(...last.map((finding) => asRegenerated(finding, attempt)));
    }
  }

  async close(): Promise<void> {
    this.stopped ??= new InterruptedError('the session is closed', { code: 'interrupted' });
    await Promise.allSettled(this.inFlight);
  }

  private async draw<T>(
    ask: Ask<T>,
    drawn: Pick<CompletionRequest, 'messages' | 'attempt' | 'sample'>,
  ): Promise<Draw<T>> {
    const { cell, temperature, schema, template } = ask;
    // An answer that was cut off gets more room.
    const maxTokens = ask.maxTokens * Math.min(4, 2 ** (drawn.attempt - 1));
    const request = { cell, temperature, schema, maxTokens, ...drawn };
    const key = requestKey(this.options.provider.identity, this.options.seed, request);
    try {
      const completion = await this.complete({ ...request, key, template });
      return { acceptance: readAnswer(ask, completion), end: 'answered' };
    } catch (error) {
      const finding = this.findingOf(error, cell);
      if (!finding) throw this.stop(error);
      const end = error instanceof RowError ? 'refused' : 'unanswered';
      return { acceptance: { findings: [finding] }, end };
    }
  }

  private async complete(request: CompletionRequest): Promise<Completion> {
    const { journal, spending } = this.options;
    const known = await journal?.find(request.key);
    if (known) {
      this.tally.reused++;
      spending.addReused(known);
      return known;
    }
    return await this.limit(() => this.track(this.send(request)));
  }

  private track<T>(promise: Promise<T>): Promise<T> {
    this.inFlight.add(promise);
    const forget = (): void => void this.inFlight.delete(promise);
    promise.then(forget, forget);
    return promise;
  }

  private async send(request: CompletionRequest): Promise<Completion> {
    const { provider, journal, spending, signal, clock } = this.options;
    this.throwIfStopped();
    const promptTokens = estimateTokens(request.messages);
    const reserved = await spending.reserve(promptTokens, request.maxTokens);
    let completion: Completion | null = null;
    try {
      completion = await retry(() => this.sendOnce(request, promptTokens + request.maxTokens), {
        sleep: clock.sleep,
        ...this.options.retry,
        ...(signal ? { signal } : {}),
      });
      this.giveUpsInARow = 0;
    } finally {
      reserved.settle(completion);
    }
    const { key, cell, attempt } = request;
    await journal?.add({ key, provider: provider.name, model: provider.model, cell, attempt, completion });
    return completion;
  }

  private async sendOnce(request: CompletionRequest, tokens: number): Promise<Completion> {
    const admit = async (): Promise<void> => {
      await this.pace.wait(tokens, this.options.signal);
      this.throwIfStopped();
      this.tally.requests++;
    };
    try {
      return await this.options.provider.complete(request, admit);
    } catch (error) {
      if (error instanceof RetryableError && error.retryAfterMs !== undefined)
        this.pace.hold(error.retryAfterMs);
      throw error;
    }
  }

  private throwIfStopped(): void {
    if (this.stopped) throw this.stopped;
    if (this.options.signal?.aborted) throw interrupted();
  }

  /** A failure of this one request; undefined where no other would fare better. */
  private findingOf(error: unknown, place: string): Finding | undefined {
    const isGivenUp = error instanceof FatalError && error.cause instanceof RetryableError;
    if (isGivenUp) this.giveUpsInARow++;
    const isOverall = this.giveUpsInARow > this.options.concurrency || hopeless.has(codeOf(error));
    if (!(error instanceof RowError) && (!isGivenUp || isOverall)) return undefined;
    return { code: error.code, severity: 'error', place, message: error.message };
  }

  /** The others learn why nothing is sent any more. */
  private stop(error: unknown): Error {
    const isInterrupted = this.options.signal?.aborted === true && !(error instanceof TagDatasetsError);
    const reason = isInterrupted ? interrupted() : error;
    this.stopped ??= reason instanceof Error ? reason : new Error(String(reason));
    return this.stopped;
  }
}

/** Nobody is there: the next request would find no one either. */
const hopeless: ReadonlySet<string> = new Set(['llm-connection']);

function codeOf(error: unknown): string {
  return error instanceof TagDatasetsError ? error.code : '';
}

/**
 * The accepted answer with the fewest findings, the first of equals; else the first that the model gave at all; else a draw that
 * may still be answered.
 */
function best<T>(draws: readonly Draw<T>[]): Draw<T> {
  const ranks: Record<DrawEnd, number> = { answered: 1e6, unanswered: 2e6, refused: 3e6 };
  const rank = ({ acceptance, end }: Draw<T>): number =>
    ('value' in acceptance ? 0 : ranks[end]) + (acceptance.findings?.length ?? 0);
  return draws.reduce((chosen, draw) => (rank(draw) < rank(chosen) ? draw : chosen));
}

/** An answer that was asked for again is no fault of what was made, but is told. */
function asRegenerated(finding: Finding, attempt: number): Finding {
  return { ...finding, severity: 'warning', message: `attempt ${attempt}: ${finding.message}` };
}

function interrupted(): InterruptedError {
  return new InterruptedError('stopped; the answers so far are kept, run the same command again to go on', {
    code: 'interrupted',
  });
}
