import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { StoreAccess } from '../../src/schema/stage.ts';

/** Lets a role read, write and delete these keys only. Listing tells a missing key from a forbidden one. */
export function grantStoreAccess(bucket: s3.IBucket, role: iam.IRole, { reads, writes, deletes }: StoreAccess): void {
  const allow = (actions: string[], keys: readonly string[] = []) => {
    if (keys.length === 0) return;
    const resources = keys.map((key) => bucket.arnForObjects(key));
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources }));
  };
  allow(['s3:GetObject'], reads);
  allow(['s3:PutObject', 's3:AbortMultipartUpload'], writes);
  allow(['s3:DeleteObject'], deletes);
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
  // A write in parts decrypts too.
  bucket.encryptionKey?.grant(role, 'kms:Decrypt', ...(writes.length > 0 ? ['kms:GenerateDataKey'] : []));
}
