import { ApiError } from './api-error.ts';

/** Lets in as many requests as can run and wait. */
export interface Admission {
  /** Takes a place; gives what frees it. Throws `ApiError` where there is none, with the seconds after which to come again. */
  enter(): () => void;
}

/** Seconds that a request is told to wait at most. */
const LONGEST_WAIT = 60;

/** Of each new request's time, in the mean of all. */
const WEIGHT = 0.2;

/** @param places requests that are answered or wait, together */
export function createAdmission(places: number): Admission {
  let taken = 0;
  let meanSeconds = 1;
  return {
    enter() {
      if (taken >= places) throw fullHouse(places, meanSeconds);
      taken += 1;
      const started = performance.now();
      return () => {
        taken -= 1;
        meanSeconds += WEIGHT * ((performance.now() - started) / 1000 - meanSeconds);
      };
    },
  };
}

/** A place comes free within about the time that a request takes. */
function fullHouse(places: number, meanSeconds: number): ApiError {
  const seconds = Math.min(LONGEST_WAIT, Math.max(1, Math.ceil(meanSeconds)));
  return new ApiError(`${places} requests are here already; come again in ${seconds} s (Retry-After)`, {
    status: 429,
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    headers: { 'retry-after': `${seconds}` },
  });
}
