import { isStopped, quotaNeeds } from '../../../src/aws/checks/ec2-quotas.ts';
import { describeGpuTypes, extendZones, findUnoffered } from '../../../src/aws/checks/instance-offerings.ts';
import type { ChosenQueue } from '../../../src/aws/queues.ts';

const aQueue = (changes: Partial<ChosenQueue>): ChosenQueue => ({
  name: 'rollout',
  instanceTypes: ['g6e.4xlarge'],
  buying: 'spot',
  maxVcpus: 128,
  jobVcpus: 15,
  ...changes,
});
const offerings = new Map([
  ['us-east-1a', new Set(['m7i.large'])],
  ['us-east-1b', new Set(['g6e.4xlarge', 'g5.xlarge'])],
  ['us-east-1c', new Set(['p5.4xlarge', 'g5.2xlarge'])],
  ['us-east-1d', new Set(['g6e.4xlarge'])],
]);

describe('zones', () => {
  const queues = [aQueue({}), aQueue({ name: 'training', instanceTypes: ['p5.4xlarge', 'p5.48xlarge'] })];

  it('are all that offer an instance to some queue', () => {
    expect(extendZones([], queues, offerings)).toEqual(['us-east-1b', 'us-east-1c', 'us-east-1d']);
  });

  it('of a deployment stay where they are, new ones come to the end', () => {
    const deployed = ['us-east-1c', 'us-east-1a'];
    expect(extendZones(deployed, queues, offerings)).toEqual(['us-east-1c', 'us-east-1a', 'us-east-1b', 'us-east-1d']);
  });

  it('that a queue has none of are refused, with what the region has', () => {
    expect(findUnoffered(aQueue({}), offerings, 'us-east-1')).toBeUndefined();
    expect(findUnoffered(aQueue({ instanceTypes: ['g6e.xlarge'] }), offerings, 'us-east-1')).toBe(
      'us-east-1 offers none of rolloutInstanceTypes g6e.xlarge; choose of g5 (2xlarge, xlarge), g6e (4xlarge), p5 (4xlarge), or another region',
    );
    expect(describeGpuTypes(new Map([['us-east-1a', new Set(['m7i.large'])]]))).toBe('no GPU instances at all');
  });
});

describe('quotas', () => {
  const codes = (...queues: ChosenQueue[]) => quotaNeeds(queues).map(({ code, wanted }) => [code, wanted]);

  it('are those of the family and of the way of buying', () => {
    expect(codes(aQueue({}), aQueue({ buying: 'onDemand', maxVcpus: 32 }))).toEqual([
      ['L-3819A6DF', 128],
      ['L-DB2E81BA', 32],
    ]);
    expect(codes(aQueue({ instanceTypes: ['p4d.24xlarge', 'p5.4xlarge'] }))).toEqual([
      ['L-7212CCBC', 128],
      ['L-C4BD4855', 128],
    ]);
    expect(codes(aQueue({ instanceTypes: ['p4d.24xlarge', 'p5.4xlarge'], buying: 'onDemand' }))).toEqual([
      ['L-417A185B', 128],
    ]);
  });

  it('stop a queue where none of its types has enough for one job', () => {
    const queue = aQueue({ instanceTypes: ['g6e.4xlarge', 'p5.4xlarge'] });
    const known = (g: number, p5: number) =>
      quotaNeeds([queue]).map((need, index) => ({ need, vcpus: [g, p5][index] }));
    expect(isStopped(queue, known(0, 0))).toBe(true);
    expect(isStopped(queue, known(64, 0))).toBe(false);
    expect(isStopped(queue, [])).toBe(false);
  });

  it('that both queues take are counted together', () => {
    expect(codes(aQueue({}), aQueue({ instanceTypes: ['gr6.4xlarge'], maxVcpus: 32 }))).toEqual([['L-3819A6DF', 160]]);
  });
});
