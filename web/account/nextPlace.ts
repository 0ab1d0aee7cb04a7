/** Where to go after signing in: a path of this site, else the front page. An address of another site is never followed. */
export function nextPlace(asked: string | null): string {
  if (!asked || !/^\/(?![/\\])[\w\-./?=&%]*$/.test(asked)) return "/";
  return asked;
}
