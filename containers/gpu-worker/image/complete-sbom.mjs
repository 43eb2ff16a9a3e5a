/**
 * For the build of the image: takes npm's bill of materials (CycloneDX) on standard input and prints it with what came
 * by other ways added: Node, TensorFlow, its binding and CUDA, as they are pinned.
 */
import { text } from 'node:stream/consumers';
import { bindingPackage, nodePackages, tensorflowBuilds } from '../../../setup/pins.mjs';
import { platform } from '../../../setup/places.mjs';
import { chooseTensorflow } from '../../../setup/tensorflow.mjs';

const bill = JSON.parse(await text(process.stdin));
const { wheels } = tensorflowBuilds[(await chooseTensorflow()).key];
bill.components.push(...[nodePackages[platform], bindingPackage].map(fromNpm), ...wheels.map(fromPypi));
process.stdout.write(JSON.stringify(bill));

function fromNpm({ name, version, integrity }) {
  const content = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
  return describe(name, version, `pkg:npm/${name.replace('@', '%40')}@${version}`, { alg: 'SHA-512', content });
}

function fromPypi([file, content]) {
  const [project, version] = file.split('-');
  const name = project.replaceAll('_', '-');
  return describe(name, version, `pkg:pypi/${name}@${version}`, { alg: 'SHA-256', content });
}

function describe(name, version, purl, hash) {
  return { 'bom-ref': purl, type: 'library', name, version, scope: 'required', purl, hashes: [hash] };
}
