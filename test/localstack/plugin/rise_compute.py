"""What LocalStack 4.14 lacks for these stacks: AWS Batch, images and quotas of an account, and running functions without Docker.

All are handed to the server at RISE_COMPUTE_URL (test/localstack/support/compute-server.ts):

  /v1/...                         calls of Batch, as they came
  /account/OPERATION              calls of the services in ACCOUNT_SERVICES
  /resources                      Batch resources of a CloudFormation template
  /functions/ID, .../invocations  execution environments of Lambda functions
"""

import json
import os
import sys
import threading

import requests
from localstack.aws import handlers
from localstack.runtime import hooks
from localstack.services.cloudformation.resource_provider import (
    CloudFormationResourceProviderPlugin,
    OperationStatus,
    ProgressEvent,
    ResourceProvider,
)
from localstack.services.lambda_.invocation.lambda_models import InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

LOOPBACK = "127.0.0.1"

ACCOUNT_SERVICES = ("ecr", "service-quotas")
OPERATIONS = ("GetAuthorizationToken", "PutImage", "DescribeImages", "GetServiceQuota")


def call(method, path, **arguments):
    # The proxies of the environment are not meant for the loopback.
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, os.environ["RISE_COMPUTE_URL"] + path, **arguments)


def ask(method, path, body=None):
    answer = call(method, path, json=body)
    if not answer.ok:
        raise RuntimeError(answer.json()["message"])
    return answer.json()


@hooks.on_infra_start()
def end_with_standard_input():
    """However the tests end. Nothing is to be kept, and stopping each service in turn takes minutes."""
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()


@hooks.on_infra_start()
def serve_batch():
    handlers.serve_custom_service_request_handlers.append(forward_batch)
    handlers.serve_custom_service_request_handlers.append(forward_account)


def forward_batch(chain, context, response):
    if not context.service or context.service.service_name != "batch":
        return
    answer = call(context.request.method, context.request.path, data=context.request.get_data())
    respond(chain, response, answer, "application/json")


def forward_account(chain, context, response):
    if not context.service or context.service.service_name not in ACCOUNT_SERVICES:
        return
    # CloudFormation makes the repository through moto's ECR, which these calls have nothing to do with.
    operation = context.request.headers.get("x-amz-target", "").split(".")[-1]
    if operation not in OPERATIONS:
        return
    answer = call("POST", f"/account/{operation}", data=context.request.get_data())
    respond(chain, response, answer, "application/x-amz-json-1.1")


def respond(chain, response, answer, content_type):
    response.status_code = answer.status_code
    response.headers.update({"content-type": content_type})
    if "x-amzn-errortype" in answer.headers:
        response.headers["x-amzn-errortype"] = answer.headers["x-amzn-errortype"]
    response.data = answer.content
    chain.stop()


class BatchResource(ResourceProvider):
    """A resource is known by its ARN, which is what `Ref` and the one attribute of each type give."""

    TYPE = ""
    ARN = ""

    @property
    def SCHEMA(self):
        return {"typeName": self.TYPE, "primaryIdentifier": [f"/properties/{self.ARN}"], "properties": {}}

    def create(self, request):
        created = ask(
            "POST",
            "/resources",
            {
                "type": self.TYPE,
                "name": f"{request.stack_name}-{request.logical_resource_id}",
                "region": request.region_name,
                "account": request.account_id,
                "properties": request.desired_state,
            },
        )
        return ProgressEvent(
            status=OperationStatus.SUCCESS, resource_model={**request.desired_state, self.ARN: created["arn"]}
        )

    def update(self, request):
        return self.create(request)

    def delete(self, request):
        ask("DELETE", "/resources", {"arn": request.previous_state[self.ARN]})
        return ProgressEvent(status=OperationStatus.SUCCESS, resource_model={})


class ComputeEnvironment(BatchResource):
    TYPE, ARN = "AWS::Batch::ComputeEnvironment", "ComputeEnvironmentArn"


class JobQueue(BatchResource):
    TYPE, ARN = "AWS::Batch::JobQueue", "JobQueueArn"


class JobDefinition(BatchResource):
    TYPE, ARN = "AWS::Batch::JobDefinition", "JobDefinitionArn"


class BatchResourcePlugin(CloudFormationResourceProviderPlugin):
    def load(self):
        pass


class ComputeEnvironmentPlugin(BatchResourcePlugin):
    name, factory = ComputeEnvironment.TYPE, ComputeEnvironment


class JobQueuePlugin(BatchResourcePlugin):
    name, factory = JobQueue.TYPE, JobQueue


class JobDefinitionPlugin(BatchResourcePlugin):
    name, factory = JobDefinition.TYPE, JobDefinition


class ProcessExecutor(RuntimeExecutor):
    """One execution environment of a function: a process of the compute server, fed one event at a time."""

    def start(self, env_vars):
        config = self.function_version.config
        environment = {name: str(value) for name, value in env_vars.items()}
        code = str(config.code.get_unzipped_code_location())
        ask(
            "POST",
            f"/functions/{self.id}",
            {"code": code, "handler": config.handler, "environment": environment, "timeoutSeconds": config.timeout},
        )

    def invoke(self, payload):
        answer = ask("POST", f"/functions/{self.id}/invocations", payload)
        return InvocationResult(
            request_id=payload["invoke-id"],
            payload=json.dumps(answer["payload"]).encode(),
            is_error=answer["isError"],
            logs=f"END RequestId: {payload['invoke-id']}\n",
        )

    def stop(self):
        ask("DELETE", f"/functions/{self.id}")

    def get_logs(self):
        return ""

    def get_address(self):
        return LOOPBACK

    def get_endpoint_from_executor(self):
        return LOOPBACK

    def get_runtime_endpoint(self):
        return os.environ["RISE_COMPUTE_URL"]

    @classmethod
    def prepare_version(cls, function_version):
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version):
        pass


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    name = "rise"

    def load(self, *arguments, **options):
        return ProcessExecutor
