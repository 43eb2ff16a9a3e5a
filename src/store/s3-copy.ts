import type { CompletedPart, S3 } from '@aws-sdk/client-s3';
import { mapBounded } from '../base/bounded.ts';
import type { S3Object } from './s3-errors.ts';

/** Above this S3 copies an object in parts only; 10,000 of them are 5 TB, more than an object can have. */
const PART_BYTES = 512 * 1024 * 1024;
const PARTS_AT_ONCE = 8;

/** Copies an object within S3, with a checksum of the whole as an upload leaves it. What fails leaves nothing behind. */
export async function copyObject(s3: S3, source: S3Object, target: S3Object, partBytes = PART_BYTES): Promise<void> {
  const { ContentLength: bytes = 0, ETag } = await s3.headObject(source);
  const CopySource = `${source.Bucket}/${source.Key.split('/').map(encodeURIComponent).join('/')}`;
  if (bytes <= partBytes) {
    await s3.copyObject({ ...target, CopySource, ChecksumAlgorithm: 'CRC32' });
    return;
  }
  const checksum = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } as const;
  const { UploadId } = await s3.createMultipartUpload({ ...target, ...checksum });
  try {
    const starts = Array.from({ length: Math.ceil(bytes / partBytes) }, (_, part) => part * partBytes);
    const Parts = await mapBounded(starts, PARTS_AT_ONCE, async (start, part): Promise<CompletedPart> => {
      const { CopyPartResult } = await s3.uploadPartCopy({
        ...{ ...target, UploadId, PartNumber: part + 1, CopySource, CopySourceIfMatch: ETag },
        CopySourceRange: `bytes=${start}-${Math.min(bytes, start + partBytes) - 1}`,
      });
      return { PartNumber: part + 1, ETag: CopyPartResult?.ETag, ChecksumCRC32: CopyPartResult?.ChecksumCRC32 };
    });
    const { ChecksumType } = checksum;
    await s3.completeMultipartUpload({ ...target, UploadId, ChecksumType, MultipartUpload: { Parts } });
  } catch (cause) {
    await s3.abortMultipartUpload({ ...target, UploadId });
    throw cause;
  }
}
