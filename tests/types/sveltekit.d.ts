// A module that SvelteKit provides.
declare module "$env/dynamic/private" {
  export const env: Record<string, string | undefined>;
}
