import { useEffect } from 'preact/hooks';
import type { GroupDetail } from '../../site/report-data.ts';
import { ExpertCard, TrajectoryCard } from './trajectory-card.tsx';

/** All responses of a group, the expert's at the end. */
export function Responses({
  group,
  chosen,
  query,
  isHeat,
}: {
  group: GroupDetail;
  /** Label of the trajectory that the reader came for. */
  chosen: string;
  query: string;
  isHeat: boolean;
}) {
  useEffect(() => {
    if (chosen !== '') document.getElementById(`trajectory-${chosen}`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen, group]);
  return (
    <div class="responses">
      {group.trajectories.map((trajectory) => (
        <TrajectoryCard
          key={trajectory.label}
          {...{ trajectory, group, query, isHeat }}
          isChosen={trajectory.label === chosen}
        />
      ))}
      {group.expert && <ExpertCard expert={group.expert} group={group} query={query} />}
    </div>
  );
}
