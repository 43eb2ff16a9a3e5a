#!/bin/bash
# Waits for the notice that this spot instance is about to be reclaimed, then sends SIGTERM to every container that the
# ECS agent started. The agent itself drains services only, and Batch's jobs are none.
set -u
metadata=${RISE_METADATA:-http://169.254.169.254/latest}
seconds=${RISE_POLL_SECONDS:-5}

while sleep "$seconds"; do
  token=$(curl --silent --fail --max-time 2 --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
    "$metadata/api/token") || continue
  curl --silent --fail --max-time 2 --output /dev/null --header "X-aws-ec2-metadata-token: $token" \
    "$metadata/meta-data/spot/instance-action" || continue
  docker ps --quiet --filter label=com.amazonaws.ecs.task-arn | xargs --no-run-if-empty docker kill --signal TERM
  exit
done
