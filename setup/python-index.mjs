import { SetupError } from './steps.mjs';

const defaultIndex = 'https://pypi.org/simple';
const json = 'application/vnd.pypi.simple.v1+json';

/**
 * Where the Python package index serves a wheel: the simple API as JSON (PEP 691) or HTML (PEP 503), of the index
 * in PIP_INDEX_URL if that is set.
 * @param {string} fileName for instance `tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl`
 * @returns {Promise<string>}
 */
export async function wheelUrl(fileName) {
  const index = (process.env.PIP_INDEX_URL || defaultIndex).replace(/\/+$/, '');
  const project = fileName.split('-')[0].replaceAll('_', '-').toLowerCase();
  const page = `${index}/${project}/`;
  const response = await fetch(page, { headers: { accept: `${json}, text/html;q=0.5` } });
  if (!response.ok) {
    throw new SetupError(
      `${page} answered ${response.status} ${response.statusText}`,
      'Check the network, or set PIP_INDEX_URL to a Python package index that this machine can reach.',
    );
  }
  const links = response.headers.get('content-type')?.startsWith(json)
    ? (await response.json()).files.map((file) => file.url)
    : [...(await response.text()).matchAll(/href="([^"#]+)/g)].map((match) => match[1]);
  const link = links.find((url) => url.endsWith(`/${fileName}`));
  if (link) return new URL(link, response.url).href;
  throw new SetupError(`${page} does not list ${fileName}`, 'Set PIP_INDEX_URL to an index that has it.');
}
