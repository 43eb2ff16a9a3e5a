"""Bootstraps and deploys stacks through CloudFormation at AWS_ENDPOINT_URL: deploy.py ASSEMBLY NAME=TEMPLATE...

Publishes the code in ASSEMBLY, a folder that CDK synthesised, as CDK does. Prints as JSON what is there in the end.
"""
import io
import json
import pathlib
import sys
import zipfile

import boto3

assembly, *stacks = sys.argv[1:]
cloudformation, s3, batch = boto3.client("cloudformation"), boto3.client("s3"), boto3.client("batch")
bucket = f"cdk-hnb659fds-assets-{boto3.client('sts').get_caller_identity()['Account']}-us-east-1"
s3.create_bucket(Bucket=bucket)
boto3.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
for folder in pathlib.Path(assembly).glob("asset.*"):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder))
    s3.put_object(Bucket=bucket, Key=f"{folder.name.removeprefix('asset.')}.zip", Body=packed.getvalue())

deployed = {}
for name, path in (stack.split("=", 1) for stack in stacks):
    s3.upload_file(path, bucket, f"{name}.json")
    url = f"https://{bucket}.s3.amazonaws.com/{name}.json"
    cloudformation.create_stack(StackName=name, TemplateURL=url, Capabilities=["CAPABILITY_IAM"])
    [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    resources = [each for page in pages for each in page["StackResourceSummaries"]]
    deployed[name] = {
        "status": stack["StackStatus"],
        "outputs": {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]},
        # Moto lists what it does not model without a name.
        "resources": {each["LogicalResourceId"]: each["ResourceType"] for each in resources if each["LogicalResourceId"]},
    }

[machine] = boto3.client("stepfunctions").list_state_machines()["stateMachines"]
described = boto3.client("stepfunctions").describe_state_machine(stateMachineArn=machine["stateMachineArn"])
functions = boto3.client("lambda").list_functions()["Functions"]
print(
    json.dumps(
        {
            "stacks": deployed,
            "definition": described["definition"],
            "functions": {each["FunctionArn"]: each["CodeSize"] for each in functions},
            "queues": [each["jobQueueArn"] for each in batch.describe_job_queues()["jobQueues"]],
            "definitions": [each["jobDefinitionArn"] for each in batch.describe_job_definitions()["jobDefinitions"]],
        }
    )
)
