/** Whether a role that may touch the pattern may touch the key: `*` stands for any part of a key, slashes too. */
export const matches = (pattern: string, key: string) =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(key);
