import { hourUsdOf, type Purchase } from './prices.ts';

/** An instance type, and how it is paid. */
export interface RentedInstance {
  type: string;
  purchase: Purchase;
}

/** From nothing to its agent running, its image pulled: paid for, and no job's own time. */
export const LAUNCH_SECONDS = 300;

/** What a queue rents first: the first of its instance types; on demand where its spot price is not known. */
export function rentedBy([type]: readonly string[], isSpot: boolean): RentedInstance {
  return { type, purchase: isSpot && hourUsdOf(type, 'spot') !== undefined ? 'spot' : 'on-demand' };
}

/** USD for an hour of it; undefined where no price is known. */
export const rentUsd = ({ type, purchase }: RentedInstance): number | undefined => hourUsdOf(type, purchase);
