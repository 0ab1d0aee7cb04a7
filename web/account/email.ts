/** As long an address as the server takes, in characters. */
export const EMAIL_MAX = 254;
const EMAIL = /^[^\s@"(),:;<>[\]\\]{1,64}@[^\s@"(),:;<>[\]\\.]+(\.[^\s@"(),:;<>[\]\\.]+)+$/;

/** Whether it can be anybody's address, as the server reads it. */
export const isEmail = (text: string): boolean => EMAIL.test(text.trim()) && text.trim().length <= EMAIL_MAX;
