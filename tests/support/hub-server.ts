import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { z } from 'zod';

/** One branch of a dataset of the stand-in, under the key `owner/name` (main) or `owner/name@branch`. */
export interface StandInRepo {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly sha?: string;
  readonly license?: string;
  readonly gated?: false | 'auto' | 'manual';
  readonly private?: boolean;
}

/** What goes wrong, how often, and where. Faults are used up in order; the first that fits a request is taken. */
interface Fault {
  readonly kind:
    | 'ignore-range'
    | 'short-body'
    | 'long-body'
    | 'wrong-start'
    | 'etag'
    | 'drop'
    | 'refuse'
    | 'html'
    | 'status';
  readonly on?: 'hub' | 'cdn';
  /** Part of the path; default: any. */
  readonly path?: string;
  readonly times?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

interface SeenRequest {
  readonly on: 'hub' | 'cdn';
  readonly method: string;
  readonly url: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

export interface HubServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly cdn: string;
  readonly requests: SeenRequest[];
  readonly repos: Record<string, StandInRepo>;
  addFault(fault: Fault): void;
}

type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  match: readonly string[],
) => void | Promise<void>;

/** One more endpoint, such as the commit ones: asked before the built-in ones. */
export interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly handle: Handler;
}

/**
 * The part of the Hub that reading needs, on two ports of this machine: the Hub, and the host that it redirects the bytes
 * of large (`lfsAbove`, default 64 bytes) files to.
 */
export async function startHubServer(options: {
  readonly repos: Record<string, StandInRepo>;
  readonly token?: string;
  readonly lfsAbove?: number;
  readonly treePage?: number;
  readonly routes?: readonly Route[];
  /** Asked before the redirected downloads. */
  readonly cdnRoutes?: readonly Route[];
}): Promise<HubServer> {
  const faults: { fault: Fault; left: number }[] = [];
  const requests: SeenRequest[] = [];
  const repos = { ...options.repos };
  const lfsAbove = options.lfsAbove ?? 64;

  const listen = async (on: 'hub' | 'cdn', handle: Handler): Promise<[Server, string]> => {
    const server = createServer((request, response) => {
      const { method = '', url = '' } = request;
      const { range, authorization } = request.headers;
      requests.push({ on, method, url, range, authorization });
      const fault = takeFault(faults, on, url);
      if (fault && applyEarly(fault, request, response)) return;
      if (fault) faultsOfResponse.set(response, fault);
      void handle(request, response, []);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the stand-in has no port');
    return [server, `http://127.0.0.1:${address.port}`];
  };

  const [cdnServer, cdn] = await listen('cdn', async (request, response) => {
    for (const route of options.cdnRoutes ?? []) {
      const match = route.path.exec(request.url ?? '');
      if (match && route.method === request.method) return await route.handle(request, response, match);
    }
    const [, key, path] = /^\/blob\/(.+?)\/-\/([^?]+)/.exec(request.url ?? '') ?? [];
    const content = bytesOf(repos[decodeURIComponent(key ?? '')]?.files[decodeURIComponent(path ?? '')]);
    if (!content || !request.url?.includes('?signature=')) return sendStatus(response, 403);
    sendBytes(request, response, content, { etag: `"cdn-${sha(content, 'sha1')}"` });
  });

  const routes: Route[] = [
    ...(options.routes ?? []),
    {
      method: 'GET',
      path: /^\/api\/datasets\/(.+?)\/revision\/([^/?]+)/,
      handle: (_, response, match) => {
        const found = findRepo(match);
        if (!found) return sendStatus(response, 404, { 'x-error-code': 'RepoNotFound' });
        sendJson(response, {
          _id: '1',
          id: found.name,
          sha: found.repo.sha ?? defaultSha,
          private: found.repo.private ?? false,
          gated: found.repo.gated ?? false,
          downloads: 0,
          likes: 0,
          lastModified: '2024-01-01T00:00:00.000Z',
          tags: found.repo.license ? [`license:${found.repo.license}`] : [],
        });
      },
    },
    {
      method: 'GET',
      path: /^\/api\/datasets\/(.+?)\/tree\/([^/?]+)[^?]*\?(.*)$/,
      handle: (_, response, match) => {
        const found = findRepo(match);
        if (!found) return sendStatus(response, 404, { 'x-error-code': 'RevisionNotFound' });
        const query = new URLSearchParams(match[3]);
        const first = Number(query.get('cursor') ?? 0);
        const last = first + (options.treePage ?? 1000);
        const tree = treeOf(found.repo, lfsAbove);
        const next = `${endpoint}/api/datasets/${found.name}/tree/${match[2]}?recursive=true&cursor=${last}`;
        sendJson(
          response,
          tree.slice(first, last),
          last < tree.length ? { link: `<${next}>; rel="next"` } : {},
        );
      },
    },
    {
      method: 'POST',
      path: /^\/api\/datasets\/(.+?)\/paths-info\/([^/?]+)/,
      handle: async (request, response, match) => {
        const found = findRepo(match);
        if (!found) return sendStatus(response, 404, { 'x-error-code': 'RepoNotFound' });
        const { paths } = pathsBody.parse(JSON.parse(await readText(request)));
        const lastCommit = {
          id: found.repo.sha ?? defaultSha,
          title: 'first',
          date: '2024-01-01T00:00:00.000Z',
        };
        const entries = treeOf(found.repo, lfsAbove).filter(({ path }) => paths.includes(path));
        sendJson(
          response,
          entries.map((entry) => ({ ...entry, lastCommit })),
        );
      },
    },
    {
      method: 'GET',
      path: /^\/datasets\/(.+?)\/resolve\/([^/?]+)\/([^?]+)/,
      handle: (request, response, match) => {
        const found = findRepo(match);
        const path = decodeURIComponent(match[3] ?? '');
        const content = bytesOf(found?.repo.files[path]);
        if (!found || !content) return sendStatus(response, 404, { 'x-error-code': 'EntryNotFound' });
        const changed = faultsOfResponse.get(response)?.kind === 'etag';
        const etag = changed ? '"0123456789abcdef"' : `"${etagOf(content, lfsAbove)}"`;
        if (content.length <= lfsAbove) return sendBytes(request, response, content, { etag });
        const location = `${cdn}/blob/${encodeURIComponent(found.key)}/-/${encodeURIComponent(path)}?signature=secret`;
        response.writeHead(302, { location, 'x-linked-etag': etag, 'x-linked-size': content.length }).end();
      },
    },
  ];

  const [hubServer, endpoint] = await listen('hub', async (request, response) => {
    for (const route of routes) {
      const match = route.path.exec(request.url ?? '');
      if (!match || route.method !== request.method) continue;
      const isOpen = !options.token || request.headers.authorization === `Bearer ${options.token}`;
      return isOpen ? await route.handle(request, response, match) : sendStatus(response, 401);
    }
    sendStatus(response, 404);
  });

  function findRepo(match: readonly string[]): { key: string; name: string; repo: StandInRepo } | undefined {
    const revision = decodeURIComponent(match[2] ?? '');
    for (const [key, repo] of Object.entries(repos)) {
      const [name = '', branch = 'main'] = key.split('@');
      const isKnown = revision === (repo.sha ?? defaultSha) || revision === branch;
      if (name === match[1] && isKnown) return { key, name, repo };
    }
    return undefined;
  }

  return {
    endpoint,
    cdn,
    requests,
    repos,
    addFault: (fault) => void faults.push({ fault, left: fault.times ?? 1 }),
    async [Symbol.asyncDispose]() {
      for (const server of [hubServer, cdnServer]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

export const defaultSha = '1111111111111111111111111111111111111111';

const pathsBody = z.object({ paths: z.array(z.string()) });

const faultsOfResponse = new WeakMap<ServerResponse, Fault>();

function takeFault(
  faults: { fault: Fault; left: number }[],
  on: 'hub' | 'cdn',
  url: string,
): Fault | undefined {
  const found = faults.find(
    ({ fault, left }) => left > 0 && (fault.on ?? on) === on && url.includes(fault.path ?? ''),
  );
  if (found) found.left--;
  return found?.fault;
}

/** Faults that need no content. */
function applyEarly(fault: Fault, request: IncomingMessage, response: ServerResponse): boolean {
  if (fault.kind === 'refuse') request.socket.destroy();
  else if (fault.kind === 'status') sendStatus(response, fault.status ?? 500, fault.headers);
  else if (fault.kind === 'html') {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>a captive portal</html>');
  } else return false;
  return true;
}

function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  content: Uint8Array,
  headers: Record<string, string>,
): void {
  const fault = faultsOfResponse.get(response)?.kind;
  const match = fault === 'ignore-range' ? null : /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const start = match ? Number(match[1]) : 0;
  const end = match ? Math.min(Number(match[2]) + 1, content.length) : content.length;
  const announced = fault === 'wrong-start' ? start + 1 : start;
  const range = match ? { 'content-range': `bytes ${announced}-${end - 1}/${content.length}` } : {};
  const body = shaped(content.subarray(start, end), fault);
  const etag = fault === 'etag' ? '"another"' : headers.etag;
  const sent = { ...headers, etag, ...range };
  if (fault === 'drop') {
    response.writeHead(match ? 206 : 200, { ...sent, 'content-length': end - start });
    response.write(body.subarray(0, body.length >> 1), () => request.socket.destroy());
    return;
  }
  response.writeHead(match ? 206 : 200, { ...sent, 'content-length': body.length }).end(body);
}

function shaped(body: Uint8Array, fault: Fault['kind'] | undefined): Uint8Array {
  if (fault === 'short-body') return body.subarray(0, body.length - 1);
  return fault === 'long-body' ? Buffer.concat([body, Buffer.from('x')]) : body;
}

function treeOf(
  repo: StandInRepo,
  lfsAbove: number,
): { path: string; type: string; [key: string]: unknown }[] {
  const folders = new Set<string>();
  const files = Object.entries(repo.files).map(([path, text]) => {
    const content = bytesOf(text) ?? Buffer.alloc(0);
    if (path.includes('/')) folders.add(path.slice(0, path.lastIndexOf('/')));
    const oid = gitOid(content);
    const size = content.length;
    const lfs = size > lfsAbove ? { lfs: { oid: sha(content, 'sha256'), size, pointerSize: 130 } } : {};
    return { type: 'file', path, oid, size, ...lfs };
  });
  return [...[...folders].map((path) => ({ type: 'directory', path, oid: '0', size: 0 })), ...files];
}

function etagOf(content: Uint8Array, lfsAbove: number): string {
  return content.length > lfsAbove ? sha(content, 'sha256') : gitOid(content);
}

function gitOid(content: Uint8Array): string {
  return sha(Buffer.concat([Buffer.from(`blob ${content.length}\0`), content]), 'sha1');
}

function sha(content: Uint8Array, algorithm: string): string {
  return createHash(algorithm).update(content).digest('hex');
}

function bytesOf(content: string | Uint8Array | undefined): Uint8Array | undefined {
  return typeof content === 'string' ? Buffer.from(content) : content;
}

function sendJson(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

function sendStatus(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  // A real server may repeat what it was sent; the client must not print it.
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: 'refused: Bearer hf_echoed_by_the_server' }));
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
