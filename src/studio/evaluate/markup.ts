/** Text as it may stand in an element or an attribute of HTML. */
export function escaped(text: string | number): string {
  return String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
