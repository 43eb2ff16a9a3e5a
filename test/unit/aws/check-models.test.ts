import { checkModels } from '../../../src/aws/check-models.ts';
import { aRunConfig } from '../../support/factories.ts';

const model = 'eu.amazon.nova-pro-v1:0';
const onBedrock = { provider: 'bedrock', model };
const asking = (options: object) => aRunConfig({ expert: { name: 'endpoint', options: options as never } });
const judging = aRunConfig({ rewards: { perception: { options: { judge: onBedrock } } } });

describe('the models of a run', () => {
  it.each([
    [
      asking(onBedrock),
      {},
      /^expert\.options\.model is eu\.amazon\.nova-pro-v1:0, .* \(expertModelIds: none\); add it/,
    ],
    [asking(onBedrock), { judgeModelIds: [model] }, /expertModelIds: none/],
    [judging, { expertModelIds: [model] }, /^rewards\.perception\.options\.judge\.model is .*judgeModelIds: none/],
    [judging, { judgeModelIds: ['amazon.other-v1:0'] }, /judgeModelIds: amazon\.other-v1:0/],
  ])('are refused where the stack lets nobody call them', (config, choices, message) => {
    expect(() => checkModels(config, { choices })).toThrow(message);
  });

  it.each([
    [asking(onBedrock), { expertModelIds: [model] }],
    [judging, { judgeModelIds: [model] }],
    [asking({ provider: 'openai', baseUrl: 'https://host/v1', model }), {}],
    [aRunConfig(), {}],
    [asking(onBedrock), undefined],
  ])('are let be elsewhere, and where they may be called', (config, choices) => {
    expect(() => checkModels(config, { choices })).not.toThrow();
  });
});
