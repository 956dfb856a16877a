// Times as SPDX 3 writes them.

/** The latest of these, to the second, in UTC; the beginning of 1970 where none of them is a time. */
export function spdxTime(times: readonly string[]): string {
  const known = times.map((time) => Date.parse(time)).filter((time) => time >= 0 && time < LATEST);
  return `${new Date(Math.max(0, ...known)).toISOString().slice(0, 19)}Z`;
}

/** Years of five digits have another form. */
const LATEST = Date.parse("9999-12-31T23:59:59Z");
