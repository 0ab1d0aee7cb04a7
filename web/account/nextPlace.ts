/** Where to go after signing in: a path of this site, else the front page. Another site is never followed. */
export function nextPlace(asked: string | null): string {
  if (!asked || !/^\/(?![/\\])[\w\-./?=&%]*$/.test(asked)) return "/";
  return asked;
}
