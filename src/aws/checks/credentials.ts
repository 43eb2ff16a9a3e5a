import { services } from '../clients.ts';
import type { Check } from './check.ts';

/** Whose credentials the commands go by, and where. */
export const checkCredentials: Check = async ({ region }) => {
  const sts = await services.sts();
  const { Arn } = await sts.getCallerIdentity({});
  return [{ name: 'Credentials', value: `${Arn}, ${region}` }];
};
