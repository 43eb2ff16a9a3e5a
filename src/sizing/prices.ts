/**
 * What AWS asks in us-east-1, in USD: the one place of prices, list prices without discounts and free tiers.
 *
 * On-demand hours of Linux were read on 2026-11-28 in public copies of the AWS Price List, captured on 2026-08-17 and 2026-09-25
 * and equal to the cent; those of `g7e` and `p5` in an undated one, so that they may be older.
 */
const ON_DEMAND_HOUR: Readonly<Record<string, number>> = {
  'g5.xlarge': 1.006,
  'g5.2xlarge': 1.212,
  'g5.4xlarge': 1.624,
  'g5.8xlarge': 2.448,
  'g6.xlarge': 0.8048,
  'g6.2xlarge': 0.9776,
  'g6.4xlarge': 1.3232,
  'g6.8xlarge': 2.0144,
  'g6e.xlarge': 1.861,
  'g6e.2xlarge': 2.24208,
  'g6e.4xlarge': 3.00424,
  'g6e.8xlarge': 4.52856,
  'g6e.16xlarge': 7.57719,
  'g7e.2xlarge': 3.36312,
  'g7e.4xlarge': 3.99816,
  'g7e.8xlarge': 5.26824,
  'p5.4xlarge': 6.88,
};

/**
 * Spot hours on 2026-10-10: spot_info.md of github.com/aws-deepracer-community/deepracer-on-the-spot, a daily
 * public record of the spot price history. They move: `g6e.4xlarge` was 0.30 on 2024-11-14, 1.73 on 2026-09-23 and 2.22 on
 * 2026-10-05.
 */
const SPOT_HOUR: Readonly<Record<string, number>> = {
  'g6e.2xlarge': 2.2077,
  'g6e.4xlarge': 2.0163,
  'g6e.8xlarge': 1.3519,
};

/**
 * Services by use, read on 2026-11-28. Of 2026, articles that cite AWS's pages: Lambda on arm64 (wring.co, March), S3 by the month
 * (cloudburn.io, March), KMS (factualminds.com, June), logs (c3x.dev, June). Older or undated: S3 requests (devnotes.tech), Step
 * Functions (a public copy of aws.amazon.com/step-functions/pricing), gp3 volumes (taourl.com, May 2025), public addresses since
 * 2024-02-01 (aws.amazon.com/blogs/aws/new-aws-public-ipv4-address-charge-public-ip-insights, by taourl.com, May 2025, and doit.com).
 */
export const SERVICE_USD = {
  lambdaCall: 0.2e-6,
  lambdaGibSecond: 0.0000133334,
  stateTransition: 25e-6,
  /** PUT, COPY, POST and LIST, parts of uploads too; DELETE is free. */
  s3Write: 5e-6,
  s3Read: 0.4e-6,
  /** S3 Standard, the first 50 TB. */
  s3GbMonth: 0.023,
  kmsRequest: 3e-6,
  logGb: 0.5,
  logGbMonth: 0.03,
  volumeGbMonth: 0.08,
  addressHour: 0.005,
} as const;

export type Purchase = 'on-demand' | 'spot';

/** The price of an hour of an instance type; undefined where no source was found, as for most on spot. */
export const hourUsdOf = (name: string, purchase: Purchase): number | undefined =>
  ({ 'on-demand': ON_DEMAND_HOUR, spot: SPOT_HOUR })[purchase][name];
