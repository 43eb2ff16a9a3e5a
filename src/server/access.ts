import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { sha256Of } from '../base/hash.ts';
import { ApiError } from './api-error.ts';

/** Who may ask. */
export interface Access {
  /** The host that the server listens on, as it was given. */
  host: string;
  /** What requests have to bring. */
  apiKey?: string;
}

/**
 * Refuses a request that a web page made without its user's knowledge: one from another page's origin, and one by a name that a
 * page may have bound to this address (DNS rebinding), unless a key shows whose it is.
 *
 * @throws ApiError
 */
export function checkAccess(headers: IncomingHttpHeaders, { host, apiKey }: Access): void {
  checkOrigin(headers);
  if (apiKey === undefined) checkHost(headers, host);
  else checkKey(headers, apiKey);
}

/** Whether only this machine reaches a host. */
export const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

function checkOrigin({ origin, host }: IncomingHttpHeaders): void {
  if (origin === undefined || (origin !== 'null' && URL.parse(origin)?.host === host)) return;
  throw new ApiError(`requests of web pages of ${origin} are refused; ask from a program`, {
    status: 403,
    code: 'origin_not_allowed',
  });
}

function checkHost({ host }: IncomingHttpHeaders, own: string): void {
  const name = URL.parse(`http://${host}`)?.hostname.replace(/^\[|\]$/g, '');
  if (name !== undefined && (isIP(name) > 0 || name === 'localhost' || name === own.toLowerCase())) return;
  throw new ApiError(
    `Host ${JSON.stringify(host)} is not this server's; ask by its IP address, or start it with --api-key-env`,
    { status: 403, code: 'host_not_allowed' },
  );
}

function checkKey({ authorization }: IncomingHttpHeaders, apiKey: string): void {
  const [, given = ''] = /^Bearer (.+)$/i.exec(authorization ?? '') ?? [];
  if (timingSafeEqual(Buffer.from(sha256Of(given)), Buffer.from(sha256Of(apiKey)))) return;
  throw new ApiError('give the key of this server as "Authorization: Bearer KEY"', {
    status: 401,
    type: 'authentication_error',
    code: 'invalid_api_key',
    headers: { 'www-authenticate': 'Bearer' },
  });
}
