export function BackOffice() {
  return null;
}
