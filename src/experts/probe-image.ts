export const PROBE_QUESTION = 'Which colour fills this image? Answer by its name in English.';
export const PROBE_ANSWER = /\bred\b/i;

/** A PNG of 64 x 64 red pixels. */
export const PROBE_IMAGE = Buffer.from(
  [
    'iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAS0lEQVR42u3PQQkAAAgAsetfWiP4FgYrsKZeS0BAQEBAQEBAQEBA',
    'QEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEDgsqnc8OJg6Ln3AAAAAElFTkSuQmCC',
  ].join(''),
  'base64',
);
