import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { download } from '../../../setup/download.mjs';
import { wheelUrl } from '../../../setup/python-index.mjs';

const content = Buffer.from('a wheel, as far as anybody here can tell');
const sha256 = createHash('sha256').update(content).digest('hex');
const wheel = 'some_package-1.0-py3-none-any.whl';

/** Pages of a Python package index, and its one file; a client that names a first byte gets the rest. */
function startIndex(requestedRanges: (string | undefined)[]): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/json/some-package/') {
      response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json');
      response.end(JSON.stringify({ files: [{ url: '../../files/other.whl' }, { url: `../../files/${wheel}` }] }));
    } else if (request.url === '/html/some-package/') {
      response.setHeader('content-type', 'text/html');
      response.end(`<a href="../../files/${wheel}#sha256=${sha256}">${wheel}</a>`);
    } else if (request.url === `/files/${wheel}`) {
      requestedRanges.push(request.headers.range);
      const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const rest = content.subarray(start);
      response.writeHead(start > 0 ? 206 : 200, { 'content-length': rest.length });
      response.end(rest);
    } else {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

describe('downloads from a Python package index', () => {
  let server: Server;
  let base: string;
  let folder: string;
  let ranges: (string | undefined)[];
  let path: string;
  const indexBefore = process.env.PIP_INDEX_URL;

  beforeEach(async () => {
    ranges = [];
    server = await startIndex(ranges);
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    folder = mkdtempSync(join(tmpdir(), 'download-'));
    path = join(folder, 'downloads', wheel);
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
    if (indexBefore === undefined) delete process.env.PIP_INDEX_URL;
    else process.env.PIP_INDEX_URL = indexBefore;
  });

  it.each(['json', 'html'])('find a wheel in a %s page', async (kind) => {
    process.env.PIP_INDEX_URL = `${base}/${kind}/`;
    await expect(wheelUrl(wheel)).resolves.toBe(`${base}/files/${wheel}`);
  });

  it('say which page lacks the wheel', async () => {
    process.env.PIP_INDEX_URL = `${base}/json`;
    await expect(wheelUrl('some_package-2.0-py3-none-any.whl')).rejects.toThrow(
      /json\/some-package\/ does not list some_package-2\.0/,
    );
  });

  it('write the whole file under its name', async () => {
    await download(async () => `${base}/files/${wheel}`, path, sha256);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(existsSync(`${path}.part`)).toBe(false);
  });

  it('go on where an earlier one stopped', async () => {
    await download(async () => `${base}/files/${wheel}`, join(folder, 'first'), sha256);
    writeFileSync(join(folder, 'second.part'), content.subarray(0, 10));
    await download(async () => `${base}/files/${wheel}`, join(folder, 'second'), sha256);
    expect(readFileSync(join(folder, 'second')).equals(content)).toBe(true);
    expect(ranges).toEqual([undefined, 'bytes=10-']);
  });

  it('keep no file with another digest', async () => {
    const wrong = download(async () => `${base}/files/${wheel}`, path, '0'.repeat(64));
    await expect(wrong).rejects.toThrow(`has sha256 ${sha256}, expected 000`);
    expect(existsSync(path) || existsSync(`${path}.part`)).toBe(false);
  });
});
