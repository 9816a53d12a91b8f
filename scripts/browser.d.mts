/** Path of a Chromium or Chrome that can be run, or undefined. */
export function findChromium(): string | undefined;
