import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changedChoices, overlayChoices, readContext, writeContext } from '../../../src/aws/choices.ts';
import { renderChoices } from '../../../src/cli/views/render-choices.ts';
import { chosenOf, parseDeploymentConfig } from '../../../src/schema/deployment-config.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const file = join(aTemporaryFolder(), 'cdk.context.json');
const LOOKUP = { 'vpc-provider:account=1': { vpcId: 'vpc-1' } };

describe('choices', () => {
  it('are kept beside what CDK keeps, and nothing is there before', () => {
    expect(readContext(file)).toEqual({});
    writeFileSync(file, JSON.stringify({ ...LOOKUP, notificationEmail: 'someone@example.com' }));
    writeContext(file, overlayChoices(readContext(file), ['imageTag=v2', 'rolloutSpot=false']));
    const kept = { ...LOOKUP, notificationEmail: 'someone@example.com', imageTag: 'v2', rolloutSpot: 'false' };
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(kept);
  });

  it('are forgotten by an empty value', () => {
    expect(overlayChoices({ network: 'isolated' }, ['network='])).toEqual({});
  });

  it('may be of CDK, too', () => {
    const qualifier = '@aws-cdk/core:bootstrapQualifier';
    expect(overlayChoices({}, [`${qualifier}=mine`])).toEqual({ [qualifier]: 'mine' });
  });

  it.each([
    ['imagetag=v2', /-c imagetag: there is no such choice; give one of .*imageTag/],
    ['imageTag', /-c imageTag is no choice; give name=value/],
  ])('are refused as %s', (given, message) => {
    expect(() => overlayChoices({}, [given])).toThrow(message);
  });

  it.each(['[]', '{', 'null'])('are not read from %s', (text) => {
    writeFileSync(file, text);
    expect(() => readContext(file)).toThrow(/cdk\.context\.json .*; (mend it|give \{"name": value\}), or delete it/);
  });

  it('are the same as a list and as text', () => {
    const before = { trainingInstanceTypes: ['g6e.4xlarge', 'g6e.8xlarge'], rolloutSpot: true, volumeGiB: 100 };
    const after = { trainingInstanceTypes: 'g6e.4xlarge, g6e.8xlarge', rolloutSpot: 'true', volumeGiB: '200' };
    expect(changedChoices(before, after)).toEqual([{ name: 'volumeGiB', from: 100, to: '200' }]);
  });

  it('of a deployment are those that are no defaults', () => {
    const choices = { imageTag: 'v2', rolloutMaxVcpus: '128', availabilityZones: 'us-east-1a,us-east-1b' };
    expect(chosenOf(parseDeploymentConfig(choices))).toEqual({
      imageTag: 'v2',
      availabilityZones: ['us-east-1a', 'us-east-1b'],
    });
  });

  it('are shown with what they replace', () => {
    const context = { imageTag: 'v2', network: 'isolated', availabilityZones: ['us-east-1b', 'us-east-1a'] };
    const deployed = { imageTag: 'v1', availabilityZones: ['us-east-1a'], rolloutSpot: false };
    const plan = {
      context,
      choices: parseDeploymentConfig(context),
      changes: changedChoices(deployed, context),
      untold: [],
      findings: [{ name: 'a quota', value: '0 vCPUs', remedy: 'ask for more' }],
    };
    expect(renderChoices(plan).split('\n')).toEqual([
      'Choices, all else by default:',
      '  network            isolated               new; replaces the network of the queues',
      '  availabilityZones  us-east-1b,us-east-1a  was us-east-1a; replaces subnets of the queues',
      '  rolloutSpot        default                was false',
      '  imageTag           v2                     was v1',
      'a quota: 0 vCPUs',
      '  -> ask for more',
    ]);
  });
});
