import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { z } from 'zod';

import { defaultSha, type HubServer, type Route } from './hub-server.ts';

export interface SeenCommit {
  readonly repo: string;
  readonly title: string;
  readonly parent: string | undefined;
  readonly files: string[];
  readonly deleted: string[];
}

export interface HubUploads {
  readonly routes: Route[];
  readonly cdnRoutes: Route[];
  readonly commits: SeenCommit[];
  /** Large files that arrived whole, by sha256. */
  readonly stored: Map<string, Buffer>;
  /** Puts of large files, in order, by sha256. */
  readonly puts: string[];
  attach(server: HubServer): void;
}

/** The part of the Hub that a push needs. Parquet goes to large-file storage, above `multipartAbove` bytes in two parts. */
export function acceptUploads(options: { readonly multipartAbove?: number } = {}): HubUploads {
  let server: HubServer | undefined;
  const hub = (): HubServer => {
    if (!server) throw new Error('attach the server first');
    return server;
  };
  const commits: SeenCommit[] = [];
  const stored = new Map<string, Buffer>();
  const parts = new Map<string, Buffer>();
  const puts: string[] = [];
  const multipartAbove = options.multipartAbove ?? Number.POSITIVE_INFINITY;

  const routes: Route[] = [
    {
      method: 'POST',
      path: /^\/api\/repos\/create$/,
      async handle(request, response) {
        const body = createBody.parse(JSON.parse((await readBytes(request)).toString()));
        const name = `${body.organization}/${body.name}`;
        if (hub().repos[name]) return sendJson(response, {}, 409);
        const files = { '.gitattributes': '*.parquet filter=lfs diff=lfs merge=lfs -text\n' };
        hub().repos[name] = { files, sha: defaultSha, private: body.visibility === 'private' };
        sendJson(response, { url: `${hub().endpoint}/datasets/${name}`, id: name });
      },
    },
    {
      method: 'POST',
      path: /^\/api\/datasets\/(.+?)\/preupload\/main$/,
      async handle(request, response) {
        const { files } = preuploadBody.parse(JSON.parse((await readBytes(request)).toString()));
        const mode = (path: string) => (path.endsWith('.parquet') ? 'lfs' : 'regular');
        sendJson(response, { files: files.map(({ path }) => ({ path, uploadMode: mode(path) })) });
      },
    },
    {
      method: 'POST',
      path: /^\/datasets\/(.+?)\.git\/info\/lfs\/objects\/batch$/,
      async handle(request, response) {
        const { objects } = batchBody.parse(JSON.parse((await readBytes(request)).toString()));
        sendJson(response, {
          transfer: 'basic',
          objects: objects.map(({ oid, size }) =>
            stored.has(oid) ? { oid, size } : { oid, size, actions: { upload: uploadOf(oid, size) } },
          ),
        });
      },
    },
    {
      method: 'POST',
      path: /^\/api\/datasets\/(.+?)\/commit\/main$/,
      async handle(request, response, match) {
        const name = match[1] ?? '';
        const repo = hub().repos[name];
        if (!repo) return sendJson(response, {}, 404);
        const lines = (await readBytes(request)).toString().split('\n');
        const commit = readCommit(name, lines);
        if (commit.parent !== undefined && commit.parent !== repo.sha) return sendJson(response, {}, 412);
        const files = { ...repo.files };
        for (const path of commit.deleted) delete files[path];
        for (const [path, content] of commit.contents(stored)) files[path] = content;
        const sha = createHash('sha1')
          .update(`${repo.sha}${lines.join('\n')}`)
          .digest('hex');
        hub().repos[name] = { ...repo, files, sha };
        commits.push(commit);
        sendJson(response, { commitOid: sha, commitUrl: `${hub().endpoint}/${sha}`, hookOutput: '' });
      },
    },
    {
      method: 'POST',
      path: /^\/complete\/([0-9a-f]{64})$/,
      async handle(request, response, match) {
        const oid = match[1] ?? '';
        const body = completeBody.parse(JSON.parse((await readBytes(request)).toString()));
        const whole = Buffer.concat(
          body.parts.map(({ partNumber }) => parts.get(`${oid}/${partNumber}`) ?? Buffer.alloc(0)),
        );
        store(response, oid, whole);
      },
    },
  ];

  const cdnRoutes: Route[] = [
    {
      method: 'PUT',
      path: /^\/lfs\/([0-9a-f]{64})(?:\/(\d+))?\?signature=secret$/,
      async handle(request, response, match) {
        const [, oid = '', part] = match;
        const bytes = await readBytes(request);
        puts.push(oid);
        if (part === undefined) return store(response, oid, bytes);
        parts.set(`${oid}/${part}`, bytes);
        response.writeHead(200, { etag: `"${part}"` }).end();
      },
    },
  ];

  function uploadOf(oid: string, size: number): { href: string; header?: Record<string, string> } {
    const put = `${hub().cdn}/lfs/${oid}`;
    if (size <= multipartAbove) return { href: `${put}?signature=secret` };
    const header = {
      chunk_size: String(Math.ceil(size / 2)),
      '1': `${put}/1?signature=secret`,
      '2': `${put}/2?signature=secret`,
    };
    return { href: `${hub().endpoint}/complete/${oid}`, header };
  }

  function store(response: ServerResponse, oid: string, bytes: Buffer): void {
    if (createHash('sha256').update(bytes).digest('hex') !== oid) return sendJson(response, {}, 422);
    stored.set(oid, bytes);
    sendJson(response, {});
  }

  return { routes, cdnRoutes, commits, stored, puts, attach: (attached) => void (server = attached) };
}

const createBody = z.object({
  name: z.string(),
  organization: z.string(),
  type: z.literal('dataset'),
  visibility: z.string(),
});
const preuploadBody = z.object({
  files: z.array(z.object({ path: z.string(), size: z.number(), sample: z.string() })),
});
const batchBody = z.object({
  operation: z.literal('upload'),
  hash_algo: z.literal('sha_256'),
  objects: z.array(z.object({ oid: z.string().length(64), size: z.number() })),
});
const completeBody = z.object({
  oid: z.string(),
  parts: z.array(z.object({ partNumber: z.number(), etag: z.string() })),
});
const commitLine = z.discriminatedUnion('key', [
  z.object({
    key: z.literal('header'),
    value: z.object({ summary: z.string(), parentCommit: z.string().optional() }),
  }),
  z.object({
    key: z.literal('file'),
    value: z.object({ path: z.string(), content: z.string(), encoding: z.literal('base64') }),
  }),
  z.object({
    key: z.literal('lfsFile'),
    value: z.object({ path: z.string(), algo: z.literal('sha256'), oid: z.string(), size: z.number() }),
  }),
  z.object({ key: z.literal('deletedFile'), value: z.object({ path: z.string() }) }),
]);

function readCommit(
  repo: string,
  lines: readonly string[],
): SeenCommit & { contents(stored: ReadonlyMap<string, Buffer>): [string, Buffer][] } {
  const parsed = lines.map((line) => commitLine.parse(JSON.parse(line)));
  const header = parsed.find((line) => line.key === 'header')?.value;
  return {
    repo,
    title: header?.summary ?? '',
    parent: header?.parentCommit,
    files: parsed.flatMap((line) => (line.key === 'file' || line.key === 'lfsFile' ? [line.value.path] : [])),
    deleted: parsed.flatMap((line) => (line.key === 'deletedFile' ? [line.value.path] : [])),
    contents: (stored) =>
      parsed.flatMap((line): [string, Buffer][] => {
        if (line.key === 'file') return [[line.value.path, Buffer.from(line.value.content, 'base64')]];
        if (line.key !== 'lfsFile') return [];
        const bytes = stored.get(line.value.oid);
        if (!bytes) throw new Error(`${line.value.path} was committed and never uploaded`);
        return [[line.value.path, bytes]];
      }),
  };
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for await (const block of request) blocks.push(block as Buffer);
  return Buffer.concat(blocks);
}

function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
