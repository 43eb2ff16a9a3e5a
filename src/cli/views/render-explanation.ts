import { alignColumns, TEXT } from '../../base/table.ts';
import type { Explanation, Source } from '../../routing/explain-example.ts';
import type { TrajectoryDecision } from '../../schema/decision.ts';
import type { Consultation } from '../../schema/expert-answer.ts';
import type { RewardPart } from '../../schema/trajectory.ts';

type Row = [label: string, text: string];

/** Where an example comes from, read from the example back to the policy. */
export function renderExplanation(explanation: Explanation): string {
  const { exampleId, runId, index, decision, prompt, source, manifests } = explanation;
  const { shard, order } = index.record;
  const { promptId, question, groundTruth, tier, images } = prompt.record;
  const { branch, because, policy, rule, rewards, trajectories } = decision.record;
  const rows: Row[] = [
    ['example', `${exampleId}, ${shard}${order === undefined ? '' : `, number ${order + 1} in training`}`],
    ['run', runId],
    ['prompt', `${promptId}${tier === undefined ? '' : ` (${tier})`}: ${question}`],
    ['answer', groundTruth],
    ...images.map(({ key, width, height }): Row => ['image', `${key} (${width} x ${height})`]),
    ['decision', `${branch}: ${because}`],
    ['rule', `${rule.decideBy}, selfDistillMin ${rule.selfDistillMin}, masteredMin ${rule.masteredMin}`],
    ...describeSource(source),
    [
      'policy',
      `${policy.folder}${policy.manifestSha256 === undefined ? '' : `, manifest sha256 ${policy.manifestSha256}`}`,
    ],
    ['rewards', Object.values(rewards).join(', ')],
  ];
  return [
    ...alignColumns(rows, [TEXT, TEXT]),
    '',
    'All trajectories of the prompt',
    ...alignColumns(trajectories.map(describeTrajectory), [TEXT, TEXT]).map(indent),
    '',
    'Files',
    ...filesOf(explanation).map(indent),
    '',
    'Manifests (sha256)',
    ...manifests.map(({ key, sha256 }) => indent(`${sha256}  ${key}`)),
  ].join('\n');
}

function describeSource(source: Source): Row[] {
  switch (source.kind) {
    case 'self-distill': {
      const { trajectoryIndex, seed, policyVersion, tokenIds, finishReason, text } = source.trajectory.record;
      const { reward, rewardBreakdown } = source.score.record;
      return [
        ['response', text.trim()],
        [
          'trajectory',
          `${trajectoryIndex}, seed ${seed}, after ${policyVersion} iterations, ${tokenIds.length} tokens, ${finishReason}`,
        ],
        ...describeReward(reward, rewardBreakdown),
      ];
    }
    case 'expert': {
      const { response, provider, evidence, reward, rewardBreakdown = {}, consultation } = source.answer.record;
      return [
        ['response', response.trim()],
        ['expert', `${provider}${consultation ? `, ${describeConsultation(consultation)}` : ''}`],
        ['verdict', evidence],
        ...(reward === undefined ? [] : describeReward(reward, rewardBreakdown)),
      ];
    }
  }
}

/** What was paid and waited for, over all replies to the prompt. */
function describeConsultation(consultation: Consultation): string {
  const { model, answer, attempt, replies, inputTokens, outputTokens, dollars, waitSeconds } = consultation;
  return [
    ...(model === undefined ? [] : [model]),
    `answer ${answer} at attempt ${attempt} of ${replies} replies`,
    `${inputTokens} tokens in and ${outputTokens} out`,
    dollars === undefined ? 'no price given' : `$${dollars}`,
    `${waitSeconds} s`,
  ].join(', ');
}

function describeReward(reward: number, breakdown: Readonly<Record<string, RewardPart>>): Row[] {
  const parts = Object.entries(breakdown).map(([name, { value, weight, version, evidence }]): Row => {
    return [`  ${name}`, `${value} x ${weight}, ${version}: ${evidence}`];
  });
  return [['reward', reward.toFixed(3)], ...parts];
}

const describeTrajectory = ({ trajectoryIndex, outcome, because }: TrajectoryDecision) => [
  `${trajectoryIndex} ${outcome}`,
  because ?? '',
];

function filesOf({ index, decision, prompt, source }: Explanation): string[] {
  const own = source.kind === 'expert' ? [source.answer] : [source.trajectory, source.score];
  return [index, decision, prompt, ...own].map(({ key }) => key);
}

const indent = (line: string) => `  ${line}`;
