const key = 'ai-assurance.demo-user';

/**
 * Who was chosen in this browser tab, so that a reload does not ask again. Session storage on purpose: two tabs can be two
 * people, which is how one shows that nobody approves their own release.
 */
export const chosenUser = {
  get: (): string | undefined => sessionStorage.getItem(key) ?? undefined,
  set: (entityRef: string) => sessionStorage.setItem(key, entityRef),
  forget: () => sessionStorage.removeItem(key),
};
