/** In characters, of what is rendered or looked at; the longest templates in use have 60,000. */
export const LONGEST_TEMPLATE = 200_000;

export const TOO_LONG = `the template is longer than ${LONGEST_TEMPLATE} characters`;
